import type { GateResult, PhaseRecord, RunState, Verdict } from '../contracts/runs.ts';

/** What reporters see: one stream of events, derived from successive states of a run. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly run: RunState }
  | { readonly type: 'phase-started'; readonly phase: PhaseRecord }
  | { readonly type: 'phase-finished'; readonly phase: PhaseRecord; readonly gates: readonly GateResult[] }
  | { readonly type: 'step-changed'; readonly step: string; readonly status: string }
  | { readonly type: 'run-finished'; readonly run: RunState; readonly verdict: Verdict };

/** A reporter only observes; one that throws fails the command. */
export interface RunReporter {
  report(event: RunEvent): void;
  /** Called often while a run is watched, for elapsed times; nothing happened. */
  tick?(run: RunState): void;
  end?(): void;
}

/**
 * The events that lead from one state to the next; `previous` is null at first sight. Whoever comes late hears of
 * everything that has happened, in its order.
 */
export function eventsBetween(previous: RunState | null, next: RunState): RunEvent[] {
  const events: RunEvent[] = previous === null ? [{ type: 'run-started', run: next }] : [];
  for (const phase of next.phases) {
    const before = previous?.phases.find(({ name }) => name === phase.name);
    if (hasStarted(phase) && (before === undefined || !hasStarted(before))) {
      events.push({ type: 'phase-started', phase });
    }
    if (phase.status === 'finished' && before?.status !== 'finished') {
      events.push({ type: 'phase-finished', phase, gates: phase.gates });
    }
  }
  if (next.status === 'finished' && previous?.status !== 'finished' && next.verdict !== null) {
    events.push({ type: 'run-finished', run: next, verdict: next.verdict });
  }
  return events;
}

/** A phase whose preparation broke is finished without ever having started; its heading is still due. */
function hasStarted({ status, startedAt }: PhaseRecord): boolean {
  return startedAt !== null || status === 'finished';
}
