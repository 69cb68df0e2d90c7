import type { InputDifference } from '../../contracts/run-diff.ts';
import { faultText } from '../fault-position.ts';
import type { RecordedRun } from '../run-files.ts';
import { settingsInForce } from '../settings-in-force.ts';

/** What the runs were started with, by name, as far as it is not the same. */
export function diffInputs(a: RecordedRun, b: RecordedRun): readonly InputDifference[] {
  const [left, right] = [inputsOf(a), inputsOf(b)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names
    .map((name) => ({ name, a: left.get(name) ?? null, b: right.get(name) ?? null }))
    .filter((each) => each.a !== each.b);
}

function inputsOf({ run, surroundings }: RecordedRun): ReadonlyMap<string, string | null> {
  const { input } = run;
  return new Map<string, string | null>([
    ['scenario', run.scenario],
    ['seed', String(input.seed)],
    ['revision', input.gitRevision],
    ['time scale', surroundings.timeScale === null ? null : String(surroundings.timeScale)],
    ['approve', input.approve],
    ['prices', input.prices],
    ['preset', input.preset],
    ['faults', input.faults.length === 0 ? null : input.faults.map(faultText).join(', ')],
    ['attempt', String(run.attempt)],
    ...Object.entries(settingsInForce(run, run.attempt)).map(
      ([name, value]) => [`settings.${name}`, value] as const,
    ),
  ]);
}
