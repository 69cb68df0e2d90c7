import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { Command } from 'commander';

import { encodeHistory, HISTORY_ENDING } from '../src/cli/replay/history-codec.ts';
import { readRecordedRuns } from '../src/cli/runs/recorded-runs.ts';
import { connectTemporal } from '../src/cli/runs/temporal.ts';
import { EXIT_CODES, type RunState } from '../src/contracts/runs.ts';
import { SCENARIOS } from '../src/contracts/scenarios/index.ts';
import { connectEnvironment, PROJECT_ROOT } from '../src/environment/index.ts';
import { OptiInfraError, describeError } from '../src/support/errors.ts';
import { scrubHistory } from './support/scrub-history.ts';

/**
 * Keeps what released scenarios left, for tests: of the last run of each that passed, the history (replayed against
 * the code of every later commit) and the record (judged by its gates).
 */
async function keep(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const program = new Command('npm run histories --')
    .description('Keeps histories and records of the last passed run of every scenario under tests/.')
    .option('--name <name>', 'environment that they ran in, still up', 'default')
    .option('--release <version>', 'folder to keep them in', version)
    .parse();
  const { name, release } = program.opts<{ name: string; release: string }>();
  const { descriptor } = connectEnvironment(name);
  await using temporal = await connectTemporal(descriptor);
  const last = await lastPassed(descriptor.startedAt);
  const missing = SCENARIOS.filter((scenario) => !last.has(scenario.name));
  if (missing.length > 0) {
    throw new OptiInfraError(
      'UNKNOWN_RUN',
      `no passed run of ${missing.map((each) => each.name).join(', ')}`,
      {
        hint: `Run them in the environment "${name}" first: e2e run --tag e2e --name ${name}`,
      },
    );
  }
  for (const [scenario, run] of last) {
    const { workflowId, workflowRunId } = run.temporal;
    const history = await temporal.client.workflow.getHandle(workflowId, workflowRunId).fetchHistory();
    write(
      'histories',
      release,
      `${scenario}${HISTORY_ENDING}`,
      encodeHistory(scrubHistory(history, PROJECT_ROOT)),
    );
    write('records', release, `${scenario}.json.gz`, gzipSync(JSON.stringify(run), { level: 9 }));
  }
  process.stdout.write(`${String(last.size)} histories and records kept for ${release}\n`);
}

/** Of the runs since then, the last one of each scenario that passed without a planned fault. */
async function lastPassed(since: string): Promise<ReadonlyMap<string, RunState>> {
  const { runs } = await readRecordedRuns(join(PROJECT_ROOT, '.e2e', 'runs'));
  const passed = runs
    .map(({ run }) => run)
    .filter(
      ({ verdict, startedAt, input }) =>
        verdict === 'passed' && startedAt >= since && input.faults.length === 0,
    );
  return new Map(passed.map((run) => [run.scenario, run]));
}

function write(kind: string, release: string, name: string, bytes: Buffer): void {
  const directory = join(PROJECT_ROOT, 'tests', kind, release);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), bytes);
}

try {
  await keep();
} catch (error) {
  if (!(error instanceof OptiInfraError)) throw error;
  process.stderr.write(
    `histories: ${describeError(error)}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`,
  );
  process.exitCode = error.code === 'UNKNOWN_RUN' ? EXIT_CODES.usage : EXIT_CODES['infra-error'];
}
