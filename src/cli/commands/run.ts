import { join } from 'node:path';

import type { Command } from 'commander';

import { type InjectedFault, type ScenarioInput } from '../../contracts/runs.ts';
import { SCENARIOS, type ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { INTERRUPTION_PRESETS, PRICE_BOOKS } from '../../contracts/market.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { nearestName } from '../nearest-name.ts';
import { checkFaults, collectFault } from '../runs/planned-faults.ts';
import { checkRequirements, offerOf } from '../runs/requirements.ts';
import { checkSettings, collectSetting, type Settings } from '../runs/settings.ts';
import { choiceOption, integerOption, numberOption } from '../options.ts';

interface RunOptions {
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

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run a scenario and show it until its verdict; Ctrl-C detaches, the run goes on')
    .argument('<scenario>', 'name of a scenario; `e2e list` shows them')
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
      `\nExamples:\n  e2e run spot-migration --seed 7\n  e2e run spot-migration --fault 'monitor-execution:{"kind":"slow-nodes","lifecycle":"spot","factor":1.6}'`,
    )
    .action(run);
}

async function run(name: string, options: RunOptions): Promise<void> {
  const scenario = findScenario(name);
  checkFaults(scenario, options.fault);
  checkSettings(scenario, options.set);
  const { connectEnvironment, PROJECT_ROOT } = await import('../../environment/index.ts');
  const { gitRevision } = await import('../runs/git-revision.ts');
  const { createClock } = await import('../../support/clock.ts');
  const { newRunId, newSeed } = await import('../runs/run-id.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { startRun } = await import('../runs/start-run.ts');
  const { attach } = await import('../runs/attach.ts');

  const { descriptor } = connectEnvironment(options.name);
  checkTimeScale(descriptor, options.timeScale);
  checkRequirements(scenario, offerOf(descriptor));
  const clock = createClock(descriptor.anchor);
  const runId = newRunId(clock);
  await using temporal = await connectTemporal(descriptor);
  await startRun(temporal, scenario, runId, {
    seed: options.seed ?? newSeed(),
    approve: options.approve,
    prices: options.prices,
    preset: options.preset,
    faults: options.fault,
    settings: options.set,
    gitRevision: await gitRevision(PROJECT_ROOT),
  });
  if (options.detach === true) {
    process.stdout.write(`${runId}\n`);
    return;
  }
  process.exitCode = await attach({
    temporal,
    descriptor,
    runId,
    clock,
    json: options.json === true,
    runsDirectory: join(PROJECT_ROOT, '.e2e', 'runs'),
  });
}

function findScenario(name: string): ScenarioDefinition {
  const names = SCENARIOS.map((scenario) => scenario.name);
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const near = nearestName(name, names);
  throw new OptiInfraError('USAGE', `no scenario is named "${name}"`, {
    hint: near === undefined ? '`e2e list` shows what there is.' : `Did you mean \`${near}\`?`,
  });
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
