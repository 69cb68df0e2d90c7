import type { RunState } from '../../contracts/runs.ts';

/** The median time that a scenario took from start to end, by its runs that passed without a drill. */
export function usualDurations(past: readonly RunState[]): ReadonlyMap<string, number> {
  const took = new Map<string, number[]>();
  for (const { scenario, verdict, input, startedAt, finishedAt } of past) {
    if (verdict !== 'passed' || input.faults.length > 0 || input.approve !== 'auto' || finishedAt === null)
      continue;
    took.set(scenario, [...(took.get(scenario) ?? []), Date.parse(finishedAt) - Date.parse(startedAt)]);
  }
  return new Map([...took].map(([scenario, all]) => [scenario, median(all)]));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
