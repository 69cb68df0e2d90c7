import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EXIT_CODES } from '../src/contracts/runs.ts';
import { anchorNow, createClock, toTimestamp } from '../src/support/clock.ts';
import { OptiInfraError } from '../src/support/errors.ts';
import { takeDown, type BenchContext } from './bench/context.ts';
import { describeMachine, type Machine } from './bench/machine.ts';
import { readOptions, type SectionName } from './bench/options.ts';
import { replaceSection, sectionText, type SectionReport } from './bench/report.ts';

/** Imported when asked for: the Temporal SDK and the load generator are heavy. */
const RUN: Readonly<Record<SectionName, (context: BenchContext) => Promise<SectionReport>>> = {
  environment: async (context) => (await import('./bench/sections/environment.ts')).benchEnvironment(context),
  'main-job': async (context) => (await import('./bench/sections/main-job.ts')).benchMainJob(context),
  harness: async (context) => (await import('./bench/sections/harness.ts')).benchHarness(context),
  'harness-load': async (context) =>
    (await import('./bench/sections/harness-load.ts')).benchHarnessLoad(context),
  'in-flight': async (context) => (await import('./bench/sections/in-flight.ts')).benchInFlight(context),
  replay: async (context) => (await import('./bench/sections/replay.ts')).benchReplay(context),
  api: async (context) => (await import('./bench/sections/api.ts')).benchApi(context),
  ingestion: async (context) => (await import('./bench/sections/ingestion.ts')).benchIngestion(context),
  world: async (context) => (await import('./bench/sections/world.ts')).benchWorld(context),
};

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs', 'performance.md');

async function bench(words: readonly string[]): Promise<void> {
  const { only, quick } = readOptions(words);
  const clock = createClock(anchorNow(1));
  const context: BenchContext = {
    clock,
    quick,
    environmentName: `bench-${String(process.pid)}`,
    say: (line) => void process.stderr.write(`${line}\n`),
  };
  const machine = describeMachine();
  const startedAt = toTimestamp(clock.wallMs());
  const reports: SectionReport[] = [];
  try {
    for (const name of only) {
      const report = await RUN[name](context);
      reports.push(report);
      const text = sectionText(report, measuredOn(machine, startedAt));
      process.stdout.write(`\n## ${name}\n\n${text}\n`);
      if (!quick) writeFileSync(PAGE, replaceSection(readFileSync(PAGE, 'utf8'), name, text));
    }
  } finally {
    await takeDown(context);
    if (reports.length > 0) keepFigures({ startedAt, machine, quick, reports });
  }
}

function measuredOn({ cores, cpuModel, memoryGib, kernel, node }: Machine, startedAt: string): string {
  return `${startedAt.slice(0, 10)}, ${String(cores)} cores of ${cpuModel}, ${String(memoryGib)} GiB, ${kernel}, Node ${node}`;
}

function keepFigures(figures: { readonly startedAt: string } & Readonly<Record<string, unknown>>): void {
  const directory = join(ROOT, '.e2e', 'bench');
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${figures.startedAt.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
  process.stderr.write(`figures: ${file}\n`);
}

try {
  await bench(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OptiInfraError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  if (error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`);
  process.exitCode = error.code === 'USAGE' ? EXIT_CODES.usage : EXIT_CODES['infra-error'];
}
