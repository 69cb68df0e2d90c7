import { readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Command } from 'commander';

import type { RunState } from '../../contracts/runs.ts';
import { createConsoleReporter } from '../../reporting/console.ts';
import { eventsBetween } from '../../reporting/events.ts';
import { colours } from '../colours.ts';

export function registerShow(program: Command): void {
  program
    .command('show')
    .description('what a finished run saw and how it was judged; without an id, the runs there are')
    .argument('[run]', 'id of the run')
    .option('--json', 'the whole record as JSON')
    .action(show);
}

async function show(runId: string | undefined, options: { readonly json?: boolean }): Promise<void> {
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const runs = join(PROJECT_ROOT, '.e2e', 'runs');
  if (runId === undefined) {
    for (const run of await recordedRuns(runs)) process.stdout.write(`${summary(run)}\n`);
    return;
  }
  const { unknownRun } = await import('../runs/follow-run.ts');
  const path = join(runs, runId, 'run.json');
  if (!/^[\w-]+$/.test(runId) || !existsSync(path)) throw unknownRun(runId);
  const run = JSON.parse(await readFile(path, 'utf8')) as RunState;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(run)}\n`);
    return;
  }
  const write = (text: string): void => void process.stdout.write(text);
  const reporter = createConsoleReporter({ write, terminal: false, paint: colours(), nowMs: () => 0 });
  for (const event of eventsBetween(null, run)) reporter.report(event);
  write(`report    ${join(runs, runId, 'report.html')}\n`);
}

async function recordedRuns(directory: string): Promise<RunState[]> {
  if (!existsSync(directory)) return [];
  const names = (await readdir(directory)).filter((name) => existsSync(join(directory, name, 'run.json')));
  const texts = await Promise.all(
    names.sort().map((name) => readFile(join(directory, name, 'run.json'), 'utf8')),
  );
  return texts.map((text) => JSON.parse(text) as RunState);
}

function summary(run: RunState): string {
  const seconds =
    run.finishedAt === null
      ? ''
      : `${((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000).toFixed(0)} s`;
  return `${run.runId}  ${run.scenario.padEnd(28)} ${(run.verdict ?? 'running').padEnd(13)} ${seconds}`;
}
