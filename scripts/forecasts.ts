import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';
import { execa } from 'execa';

import { readRecordedRuns } from '../src/cli/runs/recorded-runs.ts';
import type { RunState } from '../src/contracts/runs.ts';
import { THRESHOLDS } from '../src/contracts/thresholds.ts';
import { PROJECT_ROOT } from '../src/environment/state/paths.ts';
import { forecastEntries, summariseForecasts } from '../src/reporting/forecast-ledger.ts';
import { anchorNow, createClock } from '../src/support/clock.ts';
import { describeMachine } from './bench/machine.ts';
import { forecastTables, replaceTables } from './support/forecast-page.ts';

/**
 * Runs scenarios that predict over many seeds and writes docs/forecasts.md from what the runs recorded:
 * `npm run forecasts -- --seeds 30`. Red runs count like green ones: a forecast that failed its gate is the news.
 */
const PREDICTING = [
  'spot-migration',
  'performance-optimization',
  'quantization',
  'multi-agent-coordination',
  'rightsizing',
  'cross-cloud-optimization',
];
const PAGE = join(PROJECT_ROOT, 'docs', 'forecasts.md');
const RUNS = join(PROJECT_ROOT, '.e2e', 'runs');

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly parallel: number;
  readonly name: string;
  readonly keep: boolean;
}

const program = new Command('npm run forecasts --')
  .description('Runs predicting scenarios over many seeds and keeps the errors in docs/forecasts.md.')
  .argument('[scenario...]', 'instead of all that predict', PREDICTING)
  .option('--seeds <count>', 'seeds a scenario', positiveInteger, 30)
  .option('--from <seed>', 'the first seed', positiveInteger, 1)
  .option('--parallel <number>', 'runs at the same time', positiveInteger, 2)
  .option('--name <name>', 'environment to run in', 'default')
  .option('--keep', 'print the tables only, leave the page as it is', false)
  .parse();
const options = program.opts<Options>();
const scenarios = program.processedArgs[0] as readonly string[];

const startedMs = createClock(anchorNow(1)).wallMs();
for (let seed = options.from; seed < options.from + options.seeds; seed += 1) {
  const words = ['--seed', String(seed), '--parallel', String(options.parallel), '--name', options.name];
  const { exitCode } = await execa(
    process.execPath,
    [join(PROJECT_ROOT, 'src', 'cli', 'main.ts'), 'run', ...scenarios, ...words],
    { cwd: PROJECT_ROOT, reject: false, stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' },
  );
  // 1 and 4 are verdicts; anything else means that there is nothing to go on with.
  if (exitCode !== 0 && exitCode !== 1 && exitCode !== 4) {
    process.stderr.write(`seed ${seed}: the command ended with ${String(exitCode)}; no page is written\n`);
    process.exit(exitCode ?? 3);
  }
}

const runs = await runsSince(startedMs);
const summaries = summariseForecasts(runs.flatMap(forecastEntries), THRESHOLDS.forecastErrorShare);
const tables = forecastTables({
  runs,
  summaries,
  toleranceShare: THRESHOLDS.forecastErrorShare,
  machine: describeMachine(),
});
process.stdout.write(`\n${tables}`);
if (!options.keep) await writeFile(PAGE, replaceTables(await readFile(PAGE, 'utf8'), tables));

async function runsSince(sinceMs: number): Promise<readonly RunState[]> {
  const { runs: recorded } = await readRecordedRuns(RUNS);
  return recorded
    .map(({ run }) => run)
    .filter(({ startedAt, scenario }) => Date.parse(startedAt) >= sinceMs && scenarios.includes(scenario));
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('a positive whole number is wanted.');
}
