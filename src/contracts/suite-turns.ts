import type { SuiteItem } from './suites.ts';

/**
 * Whose turn it is: among the waiting items whose tags have room, one of the scenario that has had the fewest turns, so
 * that no scenario waits for all repetitions of another; then the first in order. Null when none may start now.
 */
export function nextItem(
  items: readonly SuiteItem[],
  limits: { readonly parallel: number; readonly quotas: Readonly<Record<string, number>> },
  tagsOf: (scenario: string) => readonly string[],
): SuiteItem | null {
  const running = items.filter(({ status }) => status === 'running');
  if (running.length >= limits.parallel) return null;
  const full = Object.entries(limits.quotas).flatMap(([tag, quota]) =>
    running.filter(({ scenario }) => tagsOf(scenario).includes(tag)).length >= quota ? [tag] : [],
  );
  const turns = (name: string): number =>
    items.filter(({ scenario, status }) => scenario === name && status !== 'waiting').length;
  const ready = items.filter(
    ({ status, scenario }) => status === 'waiting' && !tagsOf(scenario).some((tag) => full.includes(tag)),
  );
  return (
    ready.toSorted(
      (left, right) => turns(left.scenario) - turns(right.scenario) || left.number - right.number,
    )[0] ?? null
  );
}
