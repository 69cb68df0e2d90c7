import type { RunState } from '../contracts/runs.ts';

/** How long the rest of a run takes, judged by past ones. */
export interface Estimate {
  /**
   * Null without a past run of the same scenario that passed. `elapsedMs` is the time in the present phase, or since
   * the last one ended. Not above 0: it takes longer than usual.
   */
  remaining(run: RunState, elapsedMs: number): { readonly leftMs: number; readonly runs: number } | null;
}

/** Times between phases: preparing before the first, collecting and cleaning up after the last. */
interface Durations {
  readonly preparingMs: number;
  readonly phaseMs: ReadonlyMap<string, number>;
  readonly closingMs: number;
}

/** Drills and manual approvals tell nothing about a usual run. */
export function estimateFrom(past: readonly RunState[]): Estimate {
  const typical = past.filter(isTypical);
  return {
    remaining: (run, elapsedMs) => {
      const durations = typical
        .filter(({ scenario, runId }) => scenario === run.scenario && runId !== run.runId)
        .map(durationsOf)
        .filter((each) => each !== null);
      if (durations.length === 0) return null;
      return { leftMs: leftOf(usualOf(durations), run, elapsedMs), runs: durations.length };
    },
  };
}

function isTypical({ verdict, input }: RunState): boolean {
  return verdict === 'passed' && input.approve === 'auto' && input.faults.length === 0;
}

function durationsOf(run: RunState): Durations | null {
  const [first] = run.phases;
  const last = run.phases.at(-1);
  if (run.finishedAt === null || !first?.startedAt || !last?.finishedAt) return null;
  return {
    preparingMs: Date.parse(first.startedAt) - Date.parse(run.startedAt),
    phaseMs: new Map(run.phases.map(({ name, durationMs }) => [name, durationMs ?? 0])),
    closingMs: Date.parse(run.finishedAt) - Date.parse(last.finishedAt),
  };
}

function usualOf(durations: readonly Durations[]): Durations {
  const names = [...new Set(durations.flatMap(({ phaseMs }) => [...phaseMs.keys()]))];
  return {
    preparingMs: median(durations.map(({ preparingMs }) => preparingMs)),
    closingMs: median(durations.map(({ closingMs }) => closingMs)),
    phaseMs: new Map(
      names.map((name) => [name, median(durations.flatMap(({ phaseMs }) => phaseMs.get(name) ?? []))]),
    ),
  };
}

function leftOf(usual: Durations, run: RunState, elapsedMs: number): number {
  const phaseMs = ({ name }: { readonly name: string }): number => usual.phaseMs.get(name) ?? 0;
  const pendingMs = run.phases
    .filter(({ status }) => status === 'pending')
    .reduce((sum, phase) => sum + phaseMs(phase), 0);
  const running = run.phases.find(({ status }) => status === 'running');
  if (running !== undefined) return phaseMs(running) - elapsedMs + pendingMs + usual.closingMs;
  const isPreparing = run.phases.every(({ status }) => status === 'pending');
  return (isPreparing ? usual.preparingMs + pendingMs : 0) + usual.closingMs - elapsedMs;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
