import { join } from 'node:path';

import type { Command } from 'commander';

import { type InjectedFault, type ScenarioInput } from '../../contracts/runs.ts';
import { SCENARIOS, type ScenarioDefinition } from '../../contracts/scenarios.ts';
import { INTERRUPTION_PRESETS, PRICE_BOOKS } from '../../contracts/market.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { nearestName } from '../nearest-name.ts';
import { choiceOption, integerOption, numberOption } from '../options.ts';

interface RunOptions {
  readonly name: string;
  readonly seed?: number;
  readonly timeScale?: number;
  readonly approve: ScenarioInput['approve'];
  readonly prices: ScenarioInput['prices'];
  readonly preset: ScenarioInput['preset'];
  readonly fault: readonly InjectedFault[];
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
      '--fault <phase:json>',
      'switch a fault of the world on before a phase; repeatable',
      collectFault,
      [],
    )
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
  const { connectEnvironment, PROJECT_ROOT } = await import('../../environment/index.ts');
  const { gitRevision } = await import('../runs/git-revision.ts');
  const { createClock } = await import('../../support/clock.ts');
  const { newRunId, newSeed } = await import('../runs/run-id.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { startRun } = await import('../runs/start-run.ts');
  const { attach } = await import('../runs/attach.ts');

  const { descriptor } = connectEnvironment(options.name);
  checkTimeScale(descriptor, options.timeScale);
  const clock = createClock(descriptor.anchor);
  const runId = newRunId(clock);
  await using temporal = await connectTemporal(descriptor);
  await startRun(temporal, scenario, runId, {
    seed: options.seed ?? newSeed(),
    approve: options.approve,
    prices: options.prices,
    preset: options.preset,
    faults: options.fault,
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

function checkFaults(scenario: ScenarioDefinition, faults: readonly InjectedFault[]): void {
  const names = scenario.phases.map((phase) => phase.name);
  for (const { beforePhase } of faults) {
    if (names.includes(beforePhase)) continue;
    const near = nearestName(beforePhase, names);
    throw new OptiInfraError('USAGE', `--fault: ${scenario.name} has no phase "${beforePhase}"`, {
      hint: near === undefined ? `Its phases: ${names.join(', ')}.` : `Did you mean \`${near}\`?`,
    });
  }
}

function collectFault(text: string, faults: readonly InjectedFault[]): InjectedFault[] {
  const colon = text.indexOf(':');
  try {
    const fault = JSON.parse(text.slice(colon + 1)) as InjectedFault['fault'];
    if (colon > 0 && typeof fault === 'object' && 'kind' in fault) {
      return [...faults, { beforePhase: text.slice(0, colon), fault }];
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new OptiInfraError('USAGE', `--fault: "${text}" is not <phase>:<json with a kind>`, {
    hint: 'For example: --fault \'monitor-execution:{"kind":"stop-traffic"}\'',
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
