import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { EXIT_CODES, type RunState } from '../../../src/contracts/runs.ts';
import { displayName } from '../../../src/environment/definition.ts';
import { PROJECT_ROOT } from '../../../src/environment/index.ts';
import { environmentFor, type BenchContext } from '../context.ts';
import { e2e } from '../e2e-command.ts';
import { number, range } from '../format.ts';
import { usageOf, type ProcessUsage } from '../process-usage.ts';
import type { SectionReport, Table } from '../report.ts';
import { spreadOf } from '../statistics.ts';

const IDLE_MS = 10_000;

interface MeasuredRun {
  readonly wallMs: number;
  readonly cpuSeconds: number;
  readonly run: RunState;
}

/** The spot migration at the environment's time scale, and what the processes hold in memory before and after. */
export async function benchMainJob(context: BenchContext): Promise<SectionReport> {
  const { clock } = context;
  const { descriptor } = await environmentFor(context);
  await clock.sleepWall(context.quick ? 1_000 : IDLE_MS);
  const idle = usageOf(descriptor.directory);
  const runs: MeasuredRun[] = [];
  for (let round = 1; round <= (context.quick ? 1 : 3); round += 1) {
    const measured = await measureRun(context, round, descriptor.directory);
    context.say(
      `main job: run ${String(round)} ${measured.run.verdict ?? 'without verdict'} in ${number(measured.wallMs / 1_000)} s`,
    );
    runs.push(measured);
  }
  const after = usageOf(descriptor.directory);
  return {
    name: 'main-job',
    tables: [runTable(runs), memoryTable(idle, after)],
    notes: [
      `Time scale ${String(descriptor.anchor.timeScale)}. A phase that did not pass counts in its row only when it ended. PSS counts a page that n processes share as 1/n in each, so its sum is what the machine gives; the sum of RSS counts shared pages n times.`,
    ],
    figures: {
      runs: runs.map(({ wallMs, cpuSeconds, run }) => ({
        runId: run.runId,
        verdict: run.verdict,
        wallMs,
        cpuSeconds,
        phases: run.phases.map(({ name, durationMs, verdict }) => ({ name, durationMs, verdict })),
        secondsToRecommendation: secondsToRecommendation(run),
      })),
      memory: { idle, after },
    },
  };
}

async function measureRun({ clock, environmentName }: BenchContext, seed: number, directory: string) {
  const cpu = (): number => usageOf(directory).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const before = cpu();
  // A run that fails is a figure too: its verdict stands in the table.
  const done = await e2e(
    ['run', 'spot-migration', '--name', environmentName, '--seed', String(seed), '--json'],
    clock,
    Object.values(EXIT_CODES),
  );
  const cpuSeconds = cpu() - before;
  const runId = /"runId":"([^"]+)"/.exec(done.stdout)?.[1];
  if (runId === undefined) throw new Error(`the run gave no id: ${done.stdout.slice(0, 500)}`);
  const file = join(PROJECT_ROOT, '.e2e', 'runs', runId, 'run.json');
  return { wallMs: done.wallMs, cpuSeconds, run: JSON.parse(readFileSync(file, 'utf8')) as RunState };
}

function secondsToRecommendation(run: RunState): number | null {
  const evidence = run.phases.flatMap((phase) => phase.evidence);
  const value = evidence.find(({ name }) => name === 'recommendation.seconds')?.value;
  return typeof value === 'number' ? value : null;
}

function runTable(runs: readonly MeasuredRun[]): Table {
  const row = (title: string, values: readonly (number | null)[]): string[] => {
    const known = values.filter((value) => value !== null);
    return [title, ...(known.length === 0 ? ['–', '–', '–'] : range(spreadOf(known)))];
  };
  const titles = runs[0]?.run.phases ?? [];
  return {
    title: `Spot migration, ${String(runs.length)} times (${runs.map(({ run }) => run.verdict ?? 'no verdict').join(', ')}), s`,
    columns: ['what', 'median', 'min', 'max'],
    rows: [
      ...titles.map(({ name, number: position, title }) =>
        row(
          `${String(position)}. ${title}`,
          runs.map(({ run }) => {
            const ms = run.phases.find((phase) => phase.name === name)?.durationMs ?? null;
            return ms === null ? null : ms / 1_000;
          }),
        ),
      ),
      row(
        'trigger → recommendation',
        runs.map(({ run }) => secondsToRecommendation(run)),
      ),
      row(
        '**command, start to verdict**',
        runs.map(({ wallMs }) => wallMs / 1_000),
      ),
      row(
        'CPU of the environment meanwhile',
        runs.map(({ cpuSeconds }) => cpuSeconds),
      ),
    ],
  };
}

function memoryTable(idle: readonly ProcessUsage[], after: readonly ProcessUsage[]): Table {
  const cells = (usages: readonly ProcessUsage[], name?: string): [string, string] => {
    const chosen = name === undefined ? usages : usages.filter((usage) => usage.name === name);
    const total = (pick: (usage: ProcessUsage) => number): string =>
      chosen.reduce((sum, usage) => sum + pick(usage), 0).toFixed(0);
    return [total(({ residentMib }) => residentMib), total(({ proportionalMib }) => proportionalMib)];
  };
  const order = [...after].sort((a, b) => b.proportionalMib - a.proportionalMib);
  return {
    title: 'Memory, MiB',
    columns: ['process', 'RSS idle', 'PSS idle', 'RSS after the runs', 'PSS after the runs'],
    rows: [
      ...order.map(({ name }) => [displayName(name), ...cells(idle, name), ...cells(after, name)]),
      ['**all**', ...cells(idle), ...cells(after)],
    ],
  };
}
