import { join } from 'node:path';

import type { Command } from 'commander';

import type { RunState } from '../../contracts/runs.ts';
import { colours } from '../colours.ts';

export function registerShow(program: Command): void {
  program
    .command('show')
    .description('what a finished run or suite saw and how it was judged; without an id, the runs there are')
    .argument('[run]', 'id of the run or suite, the beginning of one, or `last`')
    .option('--json', 'the whole record as JSON; without an id, one record a line')
    .action(show);
}

async function show(typed: string | undefined, options: { readonly json?: boolean }): Promise<void> {
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const { readRecordedRun } = await import('../runs/recorded-runs.ts');
  const { resolveRecorded } = await import('../runs/resolve-recorded.ts');
  const stateDirectory = join(PROJECT_ROOT, '.e2e');
  const runsDirectory = join(stateDirectory, 'runs');
  if (typed === undefined) {
    await showAll(runsDirectory, options.json === true);
    return;
  }
  const { kind, id: runId } = await resolveRecorded(typed, stateDirectory);
  if (kind === 'suite') {
    await showSuite(stateDirectory, runId, options.json === true);
    return;
  }
  const { run } = await readRecordedRun(runsDirectory, runId);
  if (options.json === true) {
    print(JSON.stringify(run));
    return;
  }
  await tell(run);
  print(`report    ${join(runsDirectory, runId, 'report.html')}`);
}

async function showSuite(stateDirectory: string, suiteId: string, json: boolean): Promise<void> {
  const { readRecordedSuite } = await import('../runs/recorded-suites.ts');
  const { suiteTable } = await import('../runs/suite-table.ts');
  const suite = await readRecordedSuite(stateDirectory, suiteId);
  if (json) print(JSON.stringify(suite));
  else suiteTable(suite, colours()).forEach(print);
  if (!json) print(`report    ${join(stateDirectory, 'suites', suiteId, 'report.html')}`);
}

async function showAll(runsDirectory: string, json: boolean): Promise<void> {
  const { readRecordedRuns } = await import('../runs/recorded-runs.ts');
  const { runTable } = await import('../runs/run-table.ts');
  const { runs, unreadable } = await readRecordedRuns(runsDirectory);
  for (const id of unreadable) process.stderr.write(`the record of run ${id} cannot be read\n`);
  const states = runs.map(({ run }) => run);
  if (json) states.forEach((run) => print(JSON.stringify(run)));
  else if (states.length === 0) print('no run is recorded yet; `e2e run <scenario>` makes one');
  else runTable(states, colours()).forEach(print);
}

/** The story of a run as `e2e run` told it. */
async function tell(run: RunState): Promise<void> {
  const { createConsoleReporter } = await import('../../reporting/console/reporter.ts');
  const { eventsBetween } = await import('../../reporting/events.ts');
  const reporter = createConsoleReporter({
    write: (text) => void process.stdout.write(text),
    terminal: process.stdout.isTTY,
    paint: colours(),
    nowMs: () => Date.parse(run.finishedAt ?? run.startedAt),
    columns: process.stdout.columns,
  });
  for (const event of eventsBetween(null, run)) reporter.report(event);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
