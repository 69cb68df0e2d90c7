import type { RunState } from '../contracts/runs.ts';

/** What an attempt ran with: the settings of the run, and over them what each re-run up to it set. */
export function settingsInForce(
  { input, attempts = [] }: RunState,
  attempt: number,
): Readonly<Record<string, string>> {
  const orders = attempts.filter((each) => each.attempt <= attempt).map(({ order }) => order?.settings ?? {});
  return Object.assign({}, input.settings, ...orders) as Record<string, string>;
}
