import type { Command } from 'commander';

import type { SuiteInput } from '../../contracts/suites.ts';
import { integerOption } from '../options.ts';
import { selectScenarios } from '../runs/select-scenarios.ts';

/** The selection words of `e2e run`, as a schedule takes them. */
export interface SuiteOptions {
  readonly tag: readonly string[];
  readonly notTag: readonly string[];
  readonly parallel: number;
  readonly retries: number;
  readonly failFast?: boolean;
  readonly pauseOnFailure?: boolean;
}

function collectWord(word: string, words: readonly string[]): readonly string[] {
  return [...words, word];
}

export function addSuiteOptions(command: Command): Command {
  return command
    .option('--tag <tag>', 'scenarios with this tag', collectWord, [])
    .option('--not-tag <tag>', 'but none with this one', collectWord, [])
    .option('--parallel <number>', 'scenarios at the same time', integerOption('--parallel', 1, 32), 1)
    .option('--retries <number>', 'further tries of a red run', integerOption('--retries', 0, 9), 0)
    .option('--fail-fast', 'start nothing more after the first red run')
    .option('--name <name>', 'environment it is in', 'default');
}

export async function suiteOf(
  name: string,
  patterns: readonly string[],
  options: SuiteOptions,
): Promise<SuiteInput> {
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const { gitRevision } = await import('../runs/git-revision.ts');
  selectScenarios({ patterns, tags: options.tag, notTags: options.notTag });
  return {
    title: [...patterns, ...options.tag.map((tag) => `#${tag}`)].join(' '),
    selection: { patterns, expression: null, tags: options.tag, notTags: options.notTag },
    repeat: 1,
    shard: null,
    seed: null,
    parallel: options.parallel,
    failFast: options.failFast === true,
    retries: options.retries,
    quotas: {},
    scenario: {
      approve: 'auto',
      prices: 'reference',
      preset: 'calm',
      faults: [],
      gitRevision: await gitRevision(PROJECT_ROOT),
    },
    failWhenNotPassed: options.pauseOnFailure === true,
    scheduleId: name,
  };
}
