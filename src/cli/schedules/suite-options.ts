import type { Command } from 'commander';

import type { SuiteInput } from '../../contracts/suites.ts';
import { integerOption } from '../options.ts';
import {
  addSelectionOptions,
  isNamed,
  scenariosOf,
  selectionOf,
  selectionWords,
  type SelectionOptions,
} from '../selection-options.ts';
import { OptiInfraError } from '../../support/errors.ts';

/** The selection words of `e2e run`, as a schedule takes them. */
export interface SuiteOptions extends SelectionOptions {
  readonly parallel: number;
  readonly retries: number;
  readonly failFast?: boolean;
  readonly pauseOnFailure?: boolean;
}

export function addSuiteOptions(command: Command): Command {
  return addSelectionOptions(command)
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
  const selection = selectionOf(patterns, options);
  if (!isNamed(selection)) {
    throw new OptiInfraError('USAGE', 'no scenario is named', {
      hint: 'Name one, a glob, or --tag; `e2e list` shows them all.',
    });
  }
  scenariosOf(selection);
  return {
    title: selectionWords(selection),
    selection,
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
