import { SCENARIOS, type ScenarioDefinition } from '../scenarios/index.ts';
import type { Selection } from '../selection.ts';
import { holds, parseExpression, wordsOf, type Expression } from './expression.ts';
import { SelectionError } from './selection-error.ts';

/**
 * The scenarios meant, each once, in the order of the catalogue: a workflow and the command line select alike.
 * @throws SelectionError for an unknown name or tag, an expression that cannot be read, and when nothing fits
 */
export function selectScenarios(
  selection: Selection,
  scenarios: readonly ScenarioDefinition[] = SCENARIOS,
): readonly ScenarioDefinition[] {
  const tests = [
    namesTest(selection.patterns, scenarios),
    ...(selection.expression === null ? [] : [wordsTest(selection.expression)]),
    ...tagTests(selection, scenarios),
  ];
  const chosen = scenarios.filter((scenario) => tests.every((test) => test(scenario)));
  if (chosen.length > 0) return chosen;
  throw new SelectionError('no scenario fits all that was asked');
}

type Test = (scenario: ScenarioDefinition) => boolean;

function namesTest(patterns: readonly string[], scenarios: readonly ScenarioDefinition[]): Test {
  const names = scenarios.map(({ name }) => name);
  const globs = patterns.map((pattern) => {
    const glob = globOf(pattern);
    if (!names.some((name) => glob.test(name))) {
      throw new SelectionError(`no scenario is named "${pattern}"`, { typed: pattern, known: names });
    }
    return glob;
  });
  return ({ name }) => globs.length === 0 || globs.some((glob) => glob.test(name));
}

function globOf(pattern: string): RegExp {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

/** A part of the name or the title is enough, in any case of letters. */
function wordsTest(text: string): Test {
  const expression = parseExpression(text);
  return ({ name, title }) =>
    holds(expression, (word) => `${name}\n${title}`.toLowerCase().includes(word.toLowerCase()));
}

function tagTests({ tags, notTags }: Selection, scenarios: readonly ScenarioDefinition[]): Test[] {
  const known = [...new Set(scenarios.flatMap((scenario) => scenario.tags))];
  const parsed = (text: string): Expression => {
    const expression = parseExpression(text);
    for (const word of wordsOf(expression)) {
      if (!known.includes(word)) {
        throw new SelectionError(`no scenario has the tag "${word}"`, { typed: word, known });
      }
    }
    return expression;
  };
  const has = (scenario: ScenarioDefinition) => (word: string) => scenario.tags.includes(word);
  const wanted = tags.map(parsed);
  const unwanted = notTags.map(parsed);
  return [
    (scenario) => wanted.every((each) => holds(each, has(scenario))),
    (scenario) => !unwanted.some((each) => holds(each, has(scenario))),
  ];
}
