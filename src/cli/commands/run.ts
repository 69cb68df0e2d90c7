import { join } from 'node:path';

import type { Command } from 'commander';

import type { EnvironmentDescriptor } from '../../contracts/environment.ts';
import { EXIT_CODES, type InjectedFault, type ScenarioInput } from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { INTERRUPTION_PRESETS, PRICE_BOOKS } from '../../contracts/market.ts';
import type { Clock } from '../../support/clock.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { checkFaults, collectFault } from '../runs/planned-faults.ts';
import { offerOf } from '../../support/environment-offer.ts';
import { checkRequirements } from '../runs/requirements.ts';
import { selectScenarios } from '../runs/select-scenarios.ts';
import { checkSettings, collectSetting, type Settings } from '../runs/settings.ts';
import type { Environment } from '../runs/suite.ts';
import type { TemporalConnection } from '../runs/temporal.ts';
import { choiceOption, integerOption, numberOption } from '../options.ts';

interface RunOptions {
  readonly tag: readonly string[];
  readonly notTag: readonly string[];
  readonly parallel?: number;
  readonly name: string;
  readonly seed?: number;
  readonly timeScale?: number;
  readonly approve: ScenarioInput['approve'];
  readonly prices: ScenarioInput['prices'];
  readonly preset: ScenarioInput['preset'];
  readonly fault: readonly InjectedFault[];
  readonly set: Settings;
  readonly json?: boolean;
  readonly detach?: boolean;
}

const MAX_SEED = 2_147_483_647;

function collectWord(word: string, words: readonly string[]): readonly string[] {
  return [...words, word];
}

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run scenarios and show them until their verdicts; Ctrl-C detaches, the runs go on')
    .argument('[pattern...]', 'names of scenarios, or globs like spot-*; `e2e list` shows them')
    .option('--tag <tag>', 'scenarios with this tag; repeatable, one is enough', collectWord, [])
    .option('--not-tag <tag>', 'but none with this one; repeatable', collectWord, [])
    .option('--parallel <number>', 'scenarios at the same time', integerOption('--parallel', 1, 32))
    .option('--name <name>', 'environment to run in', 'default')
    .option(
      '--seed <number>',
      'seed of the world (default: random, shown)',
      integerOption('--seed', 0, MAX_SEED),
    )
    .option(
      '--time-scale <number>',
      'refuse to run unless the environment has this time scale',
      numberOption('--time-scale', 0.01, 1000),
    )
    .option(
      '--approve <how>',
      'auto, or manual to wait for a person',
      choiceOption('--approve', ['auto', 'manual']),
      'auto',
    )
    .option(
      '--prices <book>',
      'reference (contract) or list',
      choiceOption('--prices', PRICE_BOOKS),
      'reference',
    )
    .option(
      '--preset <market>',
      'interruptions: calm, traced or harsh',
      choiceOption('--preset', INTERRUPTION_PRESETS),
      'calm',
    )
    .option(
      '--fault <phase[@step]:json>',
      'something happens to the world before a phase, or when a step has started (`@step.completed`: has completed); repeatable',
      collectFault,
      [],
    )
    .option('--set <name=value>', 'choose a setting of the scenario; repeatable', collectSetting, {})
    .option('--json', 'one event an object, one object a line')
    .option('--detach', 'start and return at once')
    .addHelpText(
      'after',
      `\nExamples:\n  e2e run spot-migration --seed 7\n  e2e run 'spot-*' --parallel 2\n  e2e run --tag e2e --not-tag chaos --parallel 4\n  e2e run rollback --set fail-at=validate_canary\n  e2e run spot-migration --fault 'monitor-execution:{"kind":"slow-nodes","lifecycle":"spot","factor":1.6}'`,
    )
    .action(run);
}

async function run(patterns: readonly string[], options: RunOptions): Promise<void> {
  const scenarios = selectScenarios({ patterns, tags: options.tag, notTags: options.notTag });
  refuseAloneOnly(scenarios.length, options);
  for (const scenario of scenarios) {
    checkFaults(scenario, options.fault);
    checkSettings(scenario, options.set);
  }
  const { connectEnvironment, PROJECT_ROOT } = await import('../../environment/index.ts');
  const { gitRevision } = await import('../runs/git-revision.ts');
  const { createClock } = await import('../../support/clock.ts');
  const { newSeed } = await import('../runs/run-id.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const environment = connectEnvironment(options.name);
  const { descriptor } = environment;
  checkTimeScale(descriptor, options.timeScale);
  for (const scenario of scenarios) checkRequirements(scenario, offerOf(descriptor));
  const revision = await gitRevision(PROJECT_ROOT);
  const input: ScenarioInput = {
    seed: options.seed ?? newSeed(),
    approve: options.approve,
    prices: options.prices,
    preset: options.preset,
    faults: options.fault,
    settings: options.set,
    gitRevision: revision,
  };
  await using temporal = await connectTemporal(descriptor);
  const common = { temporal, clock: createClock(descriptor.anchor), input };
  const [only, ...others] = scenarios;
  process.exitCode =
    only !== undefined && others.length === 0 && options.parallel === undefined
      ? await runAlone(only, {
          ...common,
          descriptor,
          options,
          runsDirectory: join(PROJECT_ROOT, '.e2e', 'runs'),
        })
      : await runSuite(scenarios, { ...common, environment, parallel: options.parallel ?? 1 });
}

/** One stream of objects and one run id belong to one run. */
function refuseAloneOnly(count: number, { parallel, json, detach }: RunOptions): void {
  const several = count > 1 || parallel !== undefined;
  const option = json === true ? '--json' : detach === true ? '--detach' : null;
  if (several && option !== null) throw new OptiInfraError('USAGE', `${option} is for a single scenario`);
}

interface Common {
  readonly temporal: TemporalConnection;
  readonly clock: Clock;
  readonly input: ScenarioInput;
}

async function runAlone(
  scenario: ScenarioDefinition,
  {
    temporal,
    clock,
    input,
    descriptor,
    options,
    runsDirectory,
  }: Common & {
    readonly descriptor: EnvironmentDescriptor;
    readonly options: RunOptions;
    readonly runsDirectory: string;
  },
): Promise<number> {
  const { newRunId } = await import('../runs/run-id.ts');
  const { startRun } = await import('../runs/start-run.ts');
  const { attach } = await import('../runs/attach.ts');
  const runId = newRunId(clock);
  await startRun(temporal, scenario, runId, input);
  if (options.detach === true) {
    process.stdout.write(`${runId}\n`);
    return EXIT_CODES.passed;
  }
  return attach({ temporal, descriptor, runId, clock, json: options.json === true, runsDirectory });
}

async function runSuite(
  scenarios: readonly ScenarioDefinition[],
  suite: Common & { readonly environment: Environment; readonly parallel: number },
): Promise<number> {
  const { runSuiteOf } = await import('../runs/suite.ts');
  return runSuiteOf({ scenarios, ...suite });
}

function checkTimeScale(
  environment: { name: string; anchor: { timeScale: number } },
  wanted: number | undefined,
): void {
  const { timeScale } = environment.anchor;
  if (wanted === undefined || wanted === timeScale) return;
  throw new OptiInfraError(
    'ENVIRONMENT_MISMATCH',
    `environment "${environment.name}" runs at time scale ${timeScale}, not ${wanted}`,
    {
      hint: `\`e2e down --name ${environment.name}\`, then \`e2e up --name ${environment.name} --time-scale ${wanted}\`.`,
    },
  );
}
