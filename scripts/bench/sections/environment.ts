import { displayName } from '../../../src/environment/definition.ts';
import { connectEnvironment } from '../../../src/environment/index.ts';
import { takeDown, upWords, type BenchContext } from '../context.ts';
import { e2e } from '../e2e-command.ts';
import { number, range } from '../format.ts';
import { usageOf } from '../process-usage.ts';
import type { SectionReport, Table } from '../report.ts';
import { spreadOf } from '../statistics.ts';

interface WarmStart {
  readonly upWallMs: number;
  readonly downWallMs: number;
  /** CPU seconds until everything was ready, by process; `launcher` is the command itself. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly readyMs: Readonly<Record<string, number>>;
}

const LAUNCHER = 'launcher';

/** Warm starts and stops: what `e2e up` and `e2e down` take once every cache is filled. */
export async function benchEnvironment(context: BenchContext): Promise<SectionReport> {
  await takeDown(context);
  context.say('environment: filling the caches');
  await startAndStop(context);
  const starts: WarmStart[] = [];
  for (let round = 1; round <= (context.quick ? 2 : 5); round += 1) {
    const start = await startAndStop(context);
    context.say(`environment: start ${String(round)} took ${number(start.upWallMs / 1_000)} s`);
    starts.push(start);
  }
  return {
    name: 'environment',
    tables: [wallTable(starts), processTable(starts)],
    notes: [
      'Warm: compiled code, the Temporal bundles and the PostgreSQL template are in the cache. CPU is user plus system, of the process and its children, from its launch until the last process was ready.',
    ],
    figures: { starts },
  };
}

async function startAndStop({ clock, environmentName }: BenchContext): Promise<WarmStart> {
  const up = await e2e(upWords(environmentName), clock);
  const usage = usageOf(connectEnvironment(environmentName).descriptor.directory);
  const cpuSeconds = Object.fromEntries(usage.map(({ name, cpuSeconds: used }) => [displayName(name), used]));
  const down = await e2e(['down', '--name', environmentName], clock);
  return {
    upWallMs: up.wallMs,
    downWallMs: down.wallMs,
    cpuSeconds: { ...cpuSeconds, [LAUNCHER]: up.cpuSeconds },
    readyMs: readyTimes(up.stdout),
  };
}

/** The lines that `e2e up` prints for people: `✓ redis ready in 62 ms  …`. */
export function readyTimes(output: string): Record<string, number> {
  const lines = output.matchAll(/^\S+\s+([a-z-]+)\s+ready in\s+(\d+) ms/gm);
  return Object.fromEntries([...lines].map(([, name = '', ms]) => [name, Number(ms)]));
}

function wallTable(starts: readonly WarmStart[]): Table {
  const seconds = (pick: (start: WarmStart) => number): [string, string, string] =>
    range(spreadOf(starts.map((start) => pick(start))));
  const cpuOf = ({ cpuSeconds }: WarmStart): number =>
    Object.values(cpuSeconds).reduce((sum, value) => sum + value, 0);
  return {
    title: `Start and stop, warm, ${String(starts.length)} times`,
    columns: ['what', 'median', 'min', 'max'],
    rows: [
      ['`e2e up` to all healthy, s', ...seconds(({ upWallMs }) => upWallMs / 1_000)],
      ['CPU of all processes until then, s', ...seconds(cpuOf)],
      ['`e2e down`, s', ...seconds(({ downWallMs }) => downWallMs / 1_000)],
    ],
  };
}

function processTable(starts: readonly WarmStart[]): Table {
  const names = [...new Set(starts.flatMap(({ cpuSeconds }) => Object.keys(cpuSeconds)))];
  const medianOf = (values: readonly (number | undefined)[]): number => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? Number.NaN : spreadOf(known).median;
  };
  const rows = names.map((name) => ({
    name,
    cpu: medianOf(starts.map(({ cpuSeconds }) => cpuSeconds[name])),
    readyMs: medianOf(starts.map(({ readyMs }) => readyMs[name])),
  }));
  return {
    title: 'By process, medians',
    columns: ['process', 'CPU until all are ready, s', 'ready after its launch, ms'],
    rows: rows
      .sort((a, b) => b.cpu - a.cpu)
      .map(({ name, cpu, readyMs }) => [name, number(cpu), Number.isNaN(readyMs) ? '–' : readyMs.toFixed(0)]),
  };
}
