import { SCENARIOS, type ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { nearestName } from '../nearest-name.ts';

export interface Selection {
  /** Names, or globs with `*` and `?`. */
  readonly patterns: readonly string[];
  /** One of them is enough. */
  readonly tags: readonly string[];
  /** None of them. */
  readonly notTags: readonly string[];
}

/** The scenarios meant, each once, in the order of the catalogue. @throws OptiInfraError `USAGE` when nothing is meant. */
export function selectScenarios(
  { patterns, tags, notTags }: Selection,
  scenarios: readonly ScenarioDefinition[] = SCENARIOS,
): readonly ScenarioDefinition[] {
  if (patterns.length === 0 && tags.length === 0) {
    throw new OptiInfraError('USAGE', 'no scenario is named', {
      hint: 'Name one, a glob, or --tag; `e2e list` shows them all.',
    });
  }
  const known = [...new Set(scenarios.flatMap((scenario) => scenario.tags))];
  for (const tag of [...tags, ...notTags]) refuseUnknown(`no scenario has the tag "${tag}"`, tag, known);
  const named = patterns.length === 0 ? scenarios : matching(patterns, scenarios);
  const chosen = named.filter(
    (scenario) =>
      (tags.length === 0 || scenario.tags.some((tag) => tags.includes(tag))) &&
      !scenario.tags.some((tag) => notTags.includes(tag)),
  );
  if (chosen.length > 0) return chosen;
  throw new OptiInfraError('USAGE', 'no scenario fits all that was asked', {
    hint: '`e2e list` shows their tags.',
  });
}

function matching(
  patterns: readonly string[],
  scenarios: readonly ScenarioDefinition[],
): readonly ScenarioDefinition[] {
  const names = scenarios.map(({ name }) => name);
  const wanted = new Set(
    patterns.flatMap((pattern) => {
      const expression = globOf(pattern);
      const fitting = names.filter((name) => expression.test(name));
      if (fitting.length === 0) refuseUnknown(`no scenario is named "${pattern}"`, pattern, names);
      return fitting;
    }),
  );
  return scenarios.filter(({ name }) => wanted.has(name));
}

function globOf(pattern: string): RegExp {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

function refuseUnknown(message: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const near = nearestName(name, names);
  throw new OptiInfraError('USAGE', message, {
    hint: near === undefined ? '`e2e list` shows what there is.' : `Did you mean \`${near}\`?`,
  });
}
