import type { Command } from 'commander';

import { SCENARIOS } from '../contracts/scenarios/index.ts';
import type { Shard } from '../contracts/selection.ts';
import { OptiInfraError } from '../support/errors.ts';
import { nearestName } from './nearest-name.ts';
import { integerOption } from './options.ts';

/** Options of `e2e run` that make it a suite, or tell a suite how to run. */
export interface SuiteOptions {
  readonly parallel?: number;
  readonly repeat?: number;
  readonly shard?: Shard;
  readonly retries?: number;
  readonly quota: Readonly<Record<string, number>>;
  readonly failFast?: boolean;
  readonly allowFlaky?: boolean;
}

const MOST_AT_ONCE = 32;
const MOST_REPETITIONS = 2_000;
const MOST_RETRIES = 9;

export function addSuiteOptions(command: Command): Command {
  return command
    .option(
      '--parallel <number>',
      'runs at the same time (default: 1)',
      integerOption('--parallel', 1, MOST_AT_ONCE),
    )
    .option(
      '--repeat <number>',
      'run each so many times, each time with a seed of its own',
      integerOption('--repeat', 1, MOST_REPETITIONS),
    )
    .option('--shard <i/n>', 'the i-th of n parts, for n machines', shardOption)
    .option(
      '--retries <number>',
      'further tries of a run that is not green; one that passes then is flaky',
      integerOption('--retries', 0, MOST_RETRIES),
    )
    .option('--quota <tag=number>', 'runs with this tag at the same time; repeatable', collectQuota, {})
    .option('--fail-fast', 'start nothing more after the first run that is not green')
    .option('--allow-flaky', 'exit 0 when nothing worse than flaky runs was seen');
}

/** One scenario, once, is a run; everything else is a suite. */
export function isSuite(scenarios: number, options: SuiteOptions): boolean {
  const { parallel, repeat, shard, retries, quota, failFast, allowFlaky } = options;
  const asked = [parallel, repeat, shard, retries, failFast, allowFlaky].some((each) => each !== undefined);
  return scenarios !== 1 || asked || Object.keys(quota).length > 0;
}

function shardOption(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  throw new OptiInfraError('USAGE', `--shard: "${text}" is not <i>/<n> with i from 1 to n`, {
    hint: 'For example: --shard 2/3',
  });
}

function collectQuota(
  text: string,
  quotas: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const [, tag = '', count] = /^([^=]+)=(\d{1,4})$/.exec(text) ?? [];
  if (tag === '' || Number(count) < 1) {
    throw new OptiInfraError('USAGE', `--quota: "${text}" is not <tag>=<number from 1>`, {
      hint: 'For example: --quota chaos=1',
    });
  }
  const known = [...new Set(SCENARIOS.flatMap((scenario) => scenario.tags))];
  if (known.includes(tag)) return { ...quotas, [tag]: Number(count) };
  const near = nearestName(tag, known);
  throw new OptiInfraError('USAGE', `--quota: no scenario has the tag "${tag}"`, {
    hint: near === undefined ? `There are: ${known.join(', ')}.` : `Did you mean \`${near}\`?`,
  });
}
