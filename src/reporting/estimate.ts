import type { RunState } from '../contracts/runs.ts';

/** How long the rest of a run takes, judged by past ones. */
export interface Estimate {
  /**
   * Null without a past run of the same scenario that passed. `elapsedMs` is the time in the present phase, or since
   * the last one ended. Not above 0: it takes longer than usual.
   */
  remaining(run: RunState, elapsedMs: number): { readonly leftMs: number; readonly runs: number } | null;
}

/** How long a usual run took. Times between phases: preparing before the first, collecting and cleaning up after the last. */
export interface RunDurations {
  readonly runId: string;
  readonly scenario: string;
  readonly preparingMs: number;
  readonly phaseMs: Readonly<Record<string, number>>;
  readonly closingMs: number;
}

/** From the records of past runs, where there is no history to ask. */
export function estimateFrom(past: readonly RunState[]): Estimate {
  return estimateOf(past.flatMap((run) => typicalDurations(run) ?? []));
}

export function estimateOf(past: readonly RunDurations[]): Estimate {
  return {
    remaining: (run, elapsedMs) => {
      const alike = past.filter(({ scenario, runId }) => scenario === run.scenario && runId !== run.runId);
      if (alike.length === 0) return null;
      return { leftMs: leftOf(usualOf(alike), run, elapsedMs), runs: alike.length };
    },
  };
}

/** Null for a run that did not pass, or not by itself: drills and manual approvals tell nothing about a usual run. */
export function typicalDurations(run: RunState): RunDurations | null {
  const { verdict, input } = run;
  if (verdict !== 'passed' || input.approve !== 'auto' || input.faults.length > 0) return null;
  const [first] = run.phases;
  const last = run.phases.at(-1);
  if (run.finishedAt === null || !first?.startedAt || !last?.finishedAt) return null;
  return {
    runId: run.runId,
    scenario: run.scenario,
    preparingMs: Date.parse(first.startedAt) - Date.parse(run.startedAt),
    phaseMs: Object.fromEntries(run.phases.map(({ name, durationMs }) => [name, durationMs ?? 0])),
    closingMs: Date.parse(run.finishedAt) - Date.parse(last.finishedAt),
  };
}

type UsualRun = Omit<RunDurations, 'runId' | 'scenario'>;

function usualOf(durations: readonly RunDurations[]): UsualRun {
  const names = [...new Set(durations.flatMap(({ phaseMs }) => Object.keys(phaseMs)))];
  return {
    preparingMs: median(durations.map(({ preparingMs }) => preparingMs)),
    closingMs: median(durations.map(({ closingMs }) => closingMs)),
    phaseMs: Object.fromEntries(
      names.map((name) => [name, median(durations.flatMap(({ phaseMs }) => phaseMs[name] ?? []))]),
    ),
  };
}

function leftOf(usual: UsualRun, run: RunState, elapsedMs: number): number {
  const phaseMs = ({ name }: { readonly name: string }): number => usual.phaseMs[name] ?? 0;
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
