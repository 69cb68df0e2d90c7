import type { PhaseRecord, RunState } from '../contracts/runs.ts';
import type { RunSummary, SuiteItem, SuiteState } from '../contracts/suites.ts';

/** What followers of a suite see: one stream of events, derived from successive states. */
export type SuiteEvent =
  | { readonly type: 'suite-started'; readonly suite: SuiteState }
  | {
      readonly type: 'try-started';
      readonly item: SuiteItem;
      readonly runId: string;
      readonly attempt: number;
    }
  | {
      readonly type: 'phase-finished';
      readonly scenario: string;
      readonly runId: string;
      readonly phase: PhaseRecord;
    }
  | { readonly type: 'try-finished'; readonly item: SuiteItem; readonly run: RunSummary }
  | { readonly type: 'item-finished'; readonly item: SuiteItem }
  | { readonly type: 'suite-finished'; readonly suite: SuiteState };

/** Whoever comes late hears of everything that has happened, in its order. */
export function suiteEventsBetween(previous: SuiteState | null, next: SuiteState): SuiteEvent[] {
  const events: SuiteEvent[] = previous === null ? [{ type: 'suite-started', suite: next }] : [];
  for (const item of next.items) {
    const before = previous?.items.find(({ number }) => number === item.number);
    item.runIds.forEach((runId, index) => {
      if (index >= (before?.runIds.length ?? 0)) {
        events.push({ type: 'try-started', item, runId, attempt: index + 1 });
      }
      const run = item.runs[index];
      if (run !== undefined && index >= (before?.runs.length ?? 0))
        events.push({ type: 'try-finished', item, run });
    });
    if (item.status === 'finished' && before?.status !== 'finished')
      events.push({ type: 'item-finished', item });
  }
  if (next.status === 'finished' && previous?.status !== 'finished') {
    events.push({ type: 'suite-finished', suite: next });
  }
  return events;
}

/** Phases of a run of a suite that ended between two looks at it. */
export function phaseEventsBetween(previous: RunState | null, next: RunState): SuiteEvent[] {
  return next.phases.flatMap((phase): SuiteEvent[] => {
    const before = previous?.phases.find(({ name }) => name === phase.name);
    const { scenario, runId } = next;
    return phase.status === 'finished' && before?.status !== 'finished'
      ? [{ type: 'phase-finished', scenario, runId, phase }]
      : [];
  });
}
