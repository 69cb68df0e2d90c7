import type { ProcessName } from './definition.ts';

export interface Planned {
  readonly name: ProcessName;
  readonly after: readonly ProcessName[];
}

/**
 * Starts everything as early as its conditions allow. The first failure aborts the rest through `abort`, and is what
 * the returned promise rejects with once nothing is being started any more. Conditions outside the plan count as held.
 */
export async function runPlan(
  plan: readonly Planned[],
  start: (name: ProcessName) => Promise<void>,
  abort: AbortController,
): Promise<void> {
  const runs = new Map<ProcessName, Promise<void>>();
  const launch = (item: Planned): Promise<void> => {
    const known = runs.get(item.name);
    if (known !== undefined) return known;
    const conditions = item.after.flatMap((name) => {
      const condition = plan.find((other) => other.name === name);
      return condition === undefined ? [] : [launch(condition)];
    });
    const run = Promise.all(conditions).then(() => start(item.name));
    runs.set(item.name, run);
    return run;
  };
  const all = plan.map((item) =>
    launch(item).catch((error: unknown) => {
      // Those that end because of the abort carry its reason: the first failure.
      abort.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(all);
  if (abort.signal.aborted) throw abort.signal.reason;
}
