import type { RunState } from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { OptiInfraError } from '../../support/errors.ts';

/**
 * The scenarios whose last recorded run was not green. Drills are left out, for they are meant to be red, and so are
 * cancelled runs, which have said nothing.
 */
export function lastFailed(
  scenarios: readonly ScenarioDefinition[],
  recorded: readonly RunState[],
): readonly ScenarioDefinition[] {
  const telling = recorded
    .filter(({ verdict, input }) => verdict !== null && verdict !== 'cancelled' && input.faults.length === 0)
    .toSorted((one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt));
  const last = new Map(telling.map((run) => [run.scenario, run.verdict]));
  const failed = scenarios.filter(({ name }) => last.has(name) && last.get(name) !== 'passed');
  if (failed.length > 0) return failed;
  const seen = scenarios.filter(({ name }) => last.has(name)).length;
  const meant = `${String(seen)} of the ${String(scenarios.length)} scenarios meant`;
  throw new OptiInfraError('USAGE', 'nothing failed: --last-failed leaves no scenario to run', {
    hint:
      seen === 0
        ? 'No run of them is recorded yet; run them without it first.'
        : `${meant} have a recorded run, and the last one of each passed.`,
  });
}
