import type { Command } from 'commander';

import { SCENARIOS, type ScenarioDefinition } from '../contracts/scenarios/index.ts';
import { SelectionError } from '../contracts/selecting/selection-error.ts';
import { selectScenarios } from '../contracts/selecting/select-scenarios.ts';
import type { Selection } from '../contracts/selection.ts';
import { OptiInfraError } from '../support/errors.ts';
import { nearestName } from './nearest-name.ts';

/** Options by which scenarios are chosen, the same for every command that takes some. */
export interface SelectionOptions {
  readonly tag: readonly string[];
  readonly notTag: readonly string[];
  readonly k?: string;
}

export function addSelectionOptions(command: Command): Command {
  return command
    .option(
      '--tag <tag>',
      "a tag, or tags with and/or/not: 'cost and not (chaos or rollback)'; repeatable, one is enough",
      collectWord,
      [],
    )
    .option('--not-tag <tag>', 'none of these; repeatable', collectWord, [])
    .option('-k <words>', "parts of the name or title with and/or/not: 'spot and not rollback'");
}

function collectWord(word: string, words: readonly string[]): readonly string[] {
  return [...words, word];
}

/** Repeated `--tag` options are joined by `or`; a selection itself wants all that it names. */
export function selectionOf(patterns: readonly string[], { tag, notTag, k }: SelectionOptions): Selection {
  return {
    patterns,
    expression: k ?? null,
    tags: tag.length > 1 ? [tag.map((each) => `(${each})`).join(' or ')] : tag,
    notTags: notTag,
  };
}

/** Does it name anything? Without, `e2e list` means all and `e2e run` asks. */
export function isNamed({ patterns, expression, tags, notTags }: Selection): boolean {
  return patterns.length + tags.length + notTags.length > 0 || expression !== null;
}

/** The scenarios of a selection. @throws OptiInfraError `USAGE` with the nearest name */
export function scenariosOf(
  selection: Selection,
  scenarios: readonly ScenarioDefinition[] = SCENARIOS,
): readonly ScenarioDefinition[] {
  return refusing(() => selectScenarios(selection, scenarios));
}

/** A selection that cannot be meant is a wrong command line. */
export function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SelectionError)) throw error;
    const { typed, known } = error.unknown ?? { typed: '', known: [] };
    const near = nearestName(typed, known);
    throw new OptiInfraError('USAGE', error.message, {
      hint: near === undefined ? '`e2e list` shows scenarios and tags.' : `Did you mean \`${near}\`?`,
    });
  }
}

/** The selection in a few words, for titles. */
export function selectionWords({ patterns, expression, tags, notTags }: Selection): string {
  const words = [
    ...patterns,
    ...(expression === null ? [] : [`-k '${expression}'`]),
    ...tags.map((tag) => `#${tag}`),
    ...notTags.map((tag) => `not #${tag}`),
  ];
  return words.length === 0 ? 'all scenarios' : words.join(' ');
}
