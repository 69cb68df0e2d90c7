import { join } from 'node:path';

import type { Command } from 'commander';

import type { EnvironmentDescriptor } from '../../contracts/environment.ts';
import {
  EXIT_CODES,
  type ApprovalTerms,
  type InjectedFault,
  type ScenarioInput,
} from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { INTERRUPTION_PRESETS, PRICE_BOOKS } from '../../contracts/market.ts';
import type { Selection } from '../../contracts/selection.ts';
import { planItems } from '../../contracts/suite-plan.ts';
import type { SuiteInput } from '../../contracts/suites.ts';
import type { Clock } from '../../support/clock.ts';
import { offerOf } from '../../support/environment-offer.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { checkFaults, collectFault } from '../runs/planned-faults.ts';
import { checkRequirements } from '../runs/requirements.ts';
import { checkSettings, collectSetting, type Settings } from '../runs/settings.ts';
import type { TemporalConnection } from '../runs/temporal.ts';
import type { Project } from '../projects/load-project.ts';
import { choiceOption, durationOption, integerOption, numberOption } from '../options.ts';
import { approvalTerms, checkApproval } from '../runs/approval-terms.ts';
import {
  addSelectionOptions,
  isNamed,
  refusing,
  scenariosOf,
  selectionOf,
  selectionWords,
  type SelectionOptions,
} from '../selection-options.ts';
import { addSuiteOptions, isSuite, type SuiteOptions } from '../suite-options.ts';

interface RunOptions extends SelectionOptions, SuiteOptions {
  readonly lastFailed?: boolean;
  readonly project?: string;
  readonly name: string;
  readonly seed?: number;
  readonly timeScale?: number;
  readonly approve: ScenarioInput['approve'];
  readonly prices: ScenarioInput['prices'];
  readonly preset: ScenarioInput['preset'];
  readonly fault: readonly InjectedFault[];
  readonly set: Settings;
  readonly keepOnRed?: number;
  readonly approvalDeadline?: number;
  readonly approvalDefault?: ApprovalTerms['otherwise'];
  readonly json?: boolean;
  readonly detach?: boolean;
}

const MAX_SEED = 2_147_483_647;
const DAY_MS = 24 * 3_600_000;

export function registerRun(program: Command): void {
  const command = program
    .command('run')
    .description('run scenarios and show them until their verdicts; Ctrl-C detaches, the runs go on')
    .argument('[pattern...]', 'names of scenarios, or globs like spot-*; `e2e list` shows them');
  addSelectionOptions(command).option('--last-failed', 'those whose last recorded run was not green');
  addSuiteOptions(command)
    .option('--name <name>', 'environment to run in', 'default')
    .option('--project <directory>', 'scenarios of a project elsewhere: a directory with an e2e.config.ts')
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
      `\nExamples:\n  e2e run spot-migration --seed 7\n  e2e run 'spot-*' --parallel 2\n  e2e run --tag 'e2e and not chaos' --parallel 4 --retries 1\n  e2e run -k 'spot or rollback' --shard 1/2 --fail-fast\n  e2e run --last-failed\n  e2e run rollback --set fail-at=validate_canary\n  e2e run spot-migration --fault 'monitor-execution:{"kind":"slow-nodes","lifecycle":"spot","factor":1.6}'`,
    )
    .action(run);
  addWaits(command);
}

/** What a run waits for: a person, and one who looks at it when it is red. */
function addWaits(command: Command): void {
  command
    .option(
      '--approval-deadline <time>',
      'how long a person may take with --approve manual (default: 24h)',
      durationOption('--approval-deadline', 1_000, 7 * DAY_MS),
    )
    .option(
      '--approval-default <decision>',
      'what holds when nobody decides in time: approve, reject or undecided',
      choiceOption('--approval-default', ['approve', 'reject', 'undecided']),
    )
    .option(
      '--keep-on-red <time>',
      'keep the customers of a run that does not pass, for `e2e rerun`',
      durationOption('--keep-on-red', 1_000, DAY_MS),
    );
}

/** The next run of a suite waits for the end of the one before; one that is kept does not end. */
function refuseKeeping({ keepOnRed }: RunOptions): void {
  if (keepOnRed !== undefined) {
    throw new OptiInfraError('USAGE', '--keep-on-red is for a single scenario', {
      hint: 'Run the red one alone, with its seed.',
    });
  }
}

async function run(patterns: readonly string[], options: RunOptions): Promise<void> {
  const named = selectionOf(patterns, options);
  const project = await projectOf(options);
  if (!isNamed(named) && options.lastFailed !== true && project === null) {
    throw new OptiInfraError('USAGE', 'no scenario is named', {
      hint: 'Name one, a glob, --tag, -k or --last-failed; `e2e list` shows them all.',
    });
  }
  const { selection, scenarios } = await chosen(named, options, project?.scenarios);
  for (const scenario of scenarios) refuseUnfit(scenario, options);
  const suite = project === null && isSuite(scenarios.length, options) ? suiteOf(selection, options) : null;
  if (suite !== null) refuseKeeping(options);
  const { connectEnvironment, PROJECT_ROOT } = await import('../../environment/index.ts');
  const { gitRevision } = await import('../runs/git-revision.ts');
  const { createClock } = await import('../../support/clock.ts');
  const { newSeed } = await import('../runs/run-id.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const environment = connectEnvironment(options.name);
  const { descriptor } = environment;
  checkTimeScale(descriptor, options.timeScale);
  const scenario: Omit<ScenarioInput, 'seed'> = {
    approve: options.approve,
    prices: options.prices,
    preset: options.preset,
    faults: options.fault,
    settings: options.set,
    gitRevision: await gitRevision(PROJECT_ROOT),
    ...(options.keepOnRed === undefined ? {} : { keepOnRedMs: options.keepOnRed }),
    ...approvalTerms(options),
  };
  const seed = options.seed ?? newSeed();
  await using temporal = await connectTemporal(descriptor);
  const common = { temporal, clock: createClock(descriptor.anchor), json: options.json === true };
  const stateDirectory = join(PROJECT_ROOT, '.e2e');
  if (project !== null) {
    const { runProject } = await import('../projects/run-project.ts');
    const alone = { ...common, environment, input: { ...scenario, seed }, root: PROJECT_ROOT };
    process.exitCode = await runProject(project, scenarios, alone);
    return;
  }
  const [only] = scenarios;
  if (suite === null && only !== undefined) {
    checkRequirements(only, offerOf(descriptor));
    const alone = { ...common, descriptor, input: { ...scenario, seed }, detach: options.detach === true };
    process.exitCode = await runAlone(only, { ...alone, runsDirectory: join(stateDirectory, 'runs') });
    return;
  }
  const { runSuite } = await import('../runs/run-suite.ts');
  process.exitCode = await runSuite({
    ...common,
    environment,
    stateDirectory,
    input: { ...(suite ?? suiteOf(selection, options)), seed, scenario },
    detach: options.detach === true,
    allowFlaky: options.allowFlaky === true,
  });
}

function refuseUnfit(scenario: ScenarioDefinition, options: RunOptions): void {
  checkFaults(scenario, options.fault);
  checkSettings(scenario, options.set);
  checkApproval(scenario, options);
}

/** A project brings its own worker, which lives as long as this command: no suite, and nothing to leave. */
async function projectOf(options: RunOptions): Promise<Project | null> {
  if (options.project === undefined) return null;
  if (options.detach === true || isSuite(1, options)) {
    throw new OptiInfraError('USAGE', '--project runs scenarios one after another and stays with them', {
      hint: 'Leave out --detach and the options of suites.',
    });
  }
  const { loadProject } = await import('../projects/load-project.ts');
  return loadProject(options.project);
}

/** What is meant; `--last-failed` narrows it by what is recorded. */
async function chosen(
  named: Selection,
  { lastFailed: onlyFailed }: RunOptions,
  catalogue?: readonly ScenarioDefinition[],
): Promise<{ readonly selection: Selection; readonly scenarios: readonly ScenarioDefinition[] }> {
  const all = scenariosOf(named, catalogue);
  if (onlyFailed !== true) return { selection: named, scenarios: all };
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const { readRecordedRuns } = await import('../runs/recorded-runs.ts');
  const { lastFailed } = await import('../runs/last-failed.ts');
  const { runs } = await readRecordedRuns(join(PROJECT_ROOT, '.e2e', 'runs'));
  const scenarios = lastFailed(
    all,
    runs.map(({ run: recorded }) => recorded),
  );
  const patterns = scenarios.map(({ name }) => name);
  return { selection: { patterns, expression: null, tags: [], notTags: [] }, scenarios };
}

/** A suite without what only an environment knows. What it could never run is refused here. */
function suiteOf(selection: Selection, options: RunOptions): Omit<SuiteInput, 'seed' | 'scenario'> {
  const suite = {
    title: selectionWords(selection),
    selection,
    repeat: options.repeat ?? 1,
    shard: options.shard ?? null,
    parallel: options.parallel ?? 1,
    failFast: options.failFast === true,
    retries: options.retries ?? 0,
    quotas: options.quota,
    failWhenNotPassed: false,
    scheduleId: null,
  };
  refusing(() => planItems(suite, 0));
  return suite;
}

interface Alone {
  readonly temporal: TemporalConnection;
  readonly clock: Clock;
  readonly input: ScenarioInput;
  readonly descriptor: EnvironmentDescriptor;
  readonly json: boolean;
  readonly detach: boolean;
  readonly runsDirectory: string;
}

async function runAlone(scenario: ScenarioDefinition, alone: Alone): Promise<number> {
  const { newRunId } = await import('../runs/run-id.ts');
  const { startRun } = await import('../runs/start-run.ts');
  const { attach } = await import('../runs/attach.ts');
  const runId = newRunId(alone.clock);
  await startRun(alone.temporal, scenario, runId, alone.input);
  if (alone.detach) {
    process.stdout.write(`${runId}\n`);
    return EXIT_CODES.passed;
  }
  return attach({ ...alone, runId });
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
