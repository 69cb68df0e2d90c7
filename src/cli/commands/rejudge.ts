import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Command } from 'commander';

import { EXIT_CODES, type RunState } from '../../contracts/runs.ts';
import { describeError, OptiInfraError } from '../../support/errors.ts';
import { colours } from '../colours.ts';
import type { GatesByScenario } from '../rejudge/gates-file.ts';
import { rejudgeRun, type RejudgedRun } from '../rejudge/rejudge-run.ts';

interface RejudgeOptions {
  readonly all?: boolean;
  readonly scenario?: string;
  readonly gates: string;
  readonly json?: boolean;
}

export function registerRejudge(program: Command): void {
  program
    .command('rejudge')
    .description('judge recorded runs again by other gates, without running anything')
    .argument('[run...]', 'ids of runs')
    .option('--all', 'every recorded run')
    .option('--scenario <name>', 'every recorded run of this scenario')
    .option('--gates <file>', 'a module that exports GATES by scenario and phase, or `current`', 'current')
    .option('--json', 'one run an object, one object a line')
    .addHelpText(
      'after',
      `
The verdict of a run stays as it was; what these gates say of it is written beside it, as rejudged.json.

Exit codes: 0 nothing changes, 1 a gate gets worse, 4 gates change but none for the worse, 2 usage,
3 a record could not be judged.

Examples:
  e2e rejudge 20261128-225056-ixmh
  e2e rejudge --all
  e2e rejudge --scenario spot-migration --gates ./stricter-gates.ts`,
    )
    .action(rejudge);
}

async function rejudge(runIds: readonly string[], options: RejudgeOptions): Promise<void> {
  refuseUnclear(runIds, options);
  const { loadGates } = await import('../rejudge/gates-file.ts');
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const runsDirectory = join(PROJECT_ROOT, '.e2e', 'runs');
  const gates = await loadGates(options.gates);
  const { runs, problems } = await recordsOf(runsDirectory, runIds, options);
  const rejudged: RejudgedRun[] = [];
  for (const run of runs) {
    const result = judged(run, gates, problems);
    if (result === null) continue;
    rejudged.push(result);
    await keep(runsDirectory, result, options.gates);
    if (options.json === true) print(JSON.stringify(result));
  }
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const { exitCodeOfRejudged, rejudgedLines } = await import('../rejudge/tell-rejudged.ts');
  if (options.json !== true) rejudgedLines(rejudged, colours()).forEach(print);
  const code = exitCodeOfRejudged(rejudged);
  process.exitCode = code === EXIT_CODES.failed || problems.length === 0 ? code : EXIT_CODES['infra-error'];
}

function refuseUnclear(runIds: readonly string[], { all, scenario }: RejudgeOptions): void {
  const asked = [runIds.length > 0, all === true, scenario !== undefined].filter(Boolean).length;
  if (asked === 1) return;
  throw new OptiInfraError('USAGE', asked === 0 ? 'no run is named' : 'runs are named in more than one way', {
    hint: 'Name runs, or ask for --all, or for --scenario; `e2e show` lists the runs.',
  });
}

interface Records {
  readonly runs: readonly RunState[];
  /** What could not be read or judged, a line each. */
  readonly problems: string[];
}

async function recordsOf(
  runsDirectory: string,
  runIds: readonly string[],
  { scenario }: RejudgeOptions,
): Promise<Records> {
  const { readRecordedRun, readRecordedRuns } = await import('../runs/recorded-runs.ts');
  if (runIds.length > 0) {
    const records = await Promise.all(runIds.map((runId) => readRecordedRun(runsDirectory, runId)));
    return { runs: records.map(({ run }) => run), problems: [] };
  }
  if (scenario !== undefined) {
    const { scenariosOf } = await import('../selection-options.ts');
    // Refuses a name that does not exist, with the nearest one.
    scenariosOf({ patterns: [scenario], expression: null, tags: [], notTags: [] });
  }
  const { runs, unreadable } = await readRecordedRuns(runsDirectory);
  const wanted = runs
    .map(({ run }) => run)
    .filter((run) => scenario === undefined || run.scenario === scenario);
  if (wanted.length === 0) {
    throw new OptiInfraError(
      'UNKNOWN_RUN',
      `no run${scenario === undefined ? '' : ` of ${scenario}`} is recorded`,
      {
        hint: '`e2e run <scenario>` makes one; `e2e show` lists those there are.',
      },
    );
  }
  return { runs: wanted, problems: unreadable.map((id) => `the record of run ${id} cannot be read`) };
}

function judged(run: RunState, gates: GatesByScenario, problems: string[]): RejudgedRun | null {
  const own = gates[run.scenario];
  if (own === undefined) {
    problems.push(`run ${run.runId} cannot be judged: there are no gates of a scenario ${run.scenario}`);
    return null;
  }
  try {
    return rejudgeRun(run, own);
  } catch (error) {
    problems.push(`run ${run.runId} cannot be judged: ${describeError(error)}`);
    return null;
  }
}

/** Beside the record, which stays as it is. */
async function keep(runsDirectory: string, run: RejudgedRun, gates: string): Promise<void> {
  const { gitRevision } = await import('../runs/git-revision.ts');
  const { anchorNow, createClock, toTimestamp } = await import('../../support/clock.ts');
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const judgedAt = toTimestamp(createClock(anchorNow(1)).wallMs());
  const record = { judgedAt, gates, gitRevision: await gitRevision(PROJECT_ROOT), ...run };
  await writeFile(join(runsDirectory, run.runId, 'rejudged.json'), `${JSON.stringify(record, null, 2)}\n`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
