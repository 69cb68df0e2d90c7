import type { BenchContext } from '../context.ts';
import { number, range } from '../format.ts';
import { CONCURRENT, ended, inParallel, openFrameBench, type FrameBench, type Kind } from '../frame-bench.ts';
import type { SectionReport } from '../report.ts';
import { spreadOf } from '../statistics.ts';

interface Round {
  readonly runsPerSecond: number;
  /** Of server, worker and client. Both cores are busy, so it decides on the rate, whatever else the machine does. */
  readonly cpuMsPerRun: number;
}
type Rounds = Readonly<Record<'bare' | 'framed', readonly Round[]>>;

/** Many runs at once on one worker: how many a second. */
export async function benchHarnessLoad(context: BenchContext): Promise<SectionReport> {
  const { quick } = context;
  const rounds: Record<'bare' | 'framed', Round[]> = { bare: [], framed: [] };
  await using bench = await openFrameBench(context);
  const count = quick ? 50 : 200;
  await together(bench, 'bare', count, context);
  for (const kind of quick ? BALANCED.slice(0, 2) : BALANCED) {
    const round = await together(bench, kind, count, context);
    rounds[kind].push(round);
    context.say(`harness-load: ${kind} ${number(round.runsPerSecond)} runs/s`);
  }
  return report(rounds, count);
}

/** Each kind as often first as second. */
const BALANCED = ['bare', 'framed', 'framed', 'bare', 'bare', 'framed', 'framed', 'bare'] as const;

/** A constant number is under way until `count` have ended. */
async function together(
  bench: FrameBench,
  kind: Kind,
  count: number,
  { clock }: BenchContext,
): Promise<Round> {
  const before = bench.cpuSeconds();
  const startedMs = clock.monotonicMs();
  await inParallel(Array.from({ length: count }), async () => ended(kind, await bench.start(kind)));
  const seconds = (clock.monotonicMs() - startedMs) / 1_000;
  const after = bench.cpuSeconds();
  const cpuSeconds = after.server + after.worker - before.server - before.worker;
  return { runsPerSecond: count / seconds, cpuMsPerRun: (cpuSeconds / count) * 1_000 };
}

function report(rounds: Rounds, count: number): SectionReport {
  const spreadOfEach = (field: keyof Round) => ({
    bare: spreadOf(rounds.bare.map((round) => round[field])),
    framed: spreadOf(rounds.framed.map((round) => round[field])),
  });
  const rate = spreadOfEach('runsPerSecond');
  const cpu = spreadOfEach('cpuMsPerRun');
  const share = (of: number, whole: number): string => number((of / whole) * 100);
  return {
    name: 'harness-load',
    tables: [
      {
        title: `${String(CONCURRENT)} of ${String(count)} runs at a time, ${String(rounds.framed.length)} rounds each`,
        columns: ['what', 'median', 'min', 'max'],
        rows: [
          ['scenario frame, runs/s', ...range(rate.framed)],
          ['bare SDK, runs/s', ...range(rate.bare)],
          ['scenario frame, CPU ms a run', ...range(cpu.framed)],
          ['bare SDK, CPU ms a run', ...range(cpu.bare)],
        ],
      },
    ],
    notes: [
      `The frame does ${share(rate.framed.median, rate.bare.median)} % of the bare SDK’s runs a second by medians and ${share(rate.framed.max, rate.bare.max)} % by the best rounds; by the CPU a run takes it can do ${share(cpu.bare.median, cpu.framed.median)} % (target: 90 %).`,
    ],
    figures: { rounds, rate, cpu },
  };
}
