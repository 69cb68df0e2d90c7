import type { WorkflowHandle } from '@temporalio/client';

import { waitFor } from '../../../src/support/waiting.ts';
import type { BenchContext } from '../context.ts';
import { number, range } from '../format.ts';
import { ended, openFrameBench, PHASES, type FrameBench, type Kind } from '../frame-bench.ts';
import type { SectionReport, Table } from '../report.ts';
import { spreadOf } from '../statistics.ts';

const CONCURRENT = 50;

/** Many runs at once on one worker: how many a second, and whether every one of hundreds in flight ends once. */
export async function benchHarnessLoad(context: BenchContext): Promise<SectionReport> {
  const { quick } = context;
  const rates: Record<'bare' | 'framed', number[]> = { bare: [], framed: [] };
  const flights: Flight[] = [];
  {
    await using bench = await openFrameBench(context);
    const count = quick ? 50 : 100;
    await together(bench, 'bare', count, context);
    for (const kind of quick ? BALANCED.slice(0, 2) : BALANCED) {
      rates[kind].push(await together(bench, kind, count, context));
      context.say(`harness-load: ${kind} ${number(rates[kind].at(-1) ?? NaN)} runs/s`);
    }
  }
  for (const count of quick ? [50] : [500, 1_000]) {
    await using bench = await openFrameBench(context);
    flights.push(await fly(bench, count, context));
    context.say(`harness-load: ${String(count)} in flight have ended`);
  }
  return report(rates, flights);
}

/** Each kind as often first as second. */
const BALANCED = ['bare', 'framed', 'framed', 'bare', 'bare', 'framed', 'framed', 'bare'] as const;

/** Runs a second with a constant number under way, until `count` have ended. */
async function together(bench: FrameBench, kind: Kind, count: number, { clock }: BenchContext) {
  const startedMs = clock.monotonicMs();
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      await ended(kind, await bench.start(kind));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
  return (count / (clock.monotonicMs() - startedMs)) * 1_000;
}

interface Flight {
  readonly count: number;
  /** Of the worker's process, client included, before the first and with all of them waiting. */
  readonly residentMib: { readonly before: number; readonly waiting: number };
  readonly cached: number;
  readonly releaseSeconds: number;
  /** Not at once within two seconds, or something arrived meanwhile and the server asked again. */
  readonly publishedTwice: number;
}

/** All begin, all wait at once in their fifth phase, all are released and counted. */
async function fly(bench: FrameBench, count: number, context: BenchContext): Promise<Flight> {
  const { clock } = context;
  await ended('framed', await bench.start('framed'));
  const before = residentMib();
  const handles = await inParallel(count, () => bench.start('framedHeld'));
  await until(context, `${String(count)} runs to wait`, () => {
    const waiting = handles.filter(({ workflowId }) => bench.ledger.begunMs.get(workflowId)?.has(4) === true);
    const idle = bench.worker.getStatus().numInFlightWorkflowActivations === 0;
    return Promise.resolve(waiting.length === count && idle);
  });
  await until(context, 'the server to count them', async () => (await open(bench)) === count);
  const waiting = residentMib();
  const cached = bench.worker.getStatus().numCachedWorkflows;
  const startedMs = clock.monotonicMs();
  await Promise.all(
    handles.map(async (handle) => {
      await handle.signal('released');
      await ended('framedHeld', handle);
    }),
  );
  const releaseSeconds = (clock.monotonicMs() - startedMs) / 1_000;
  const publishedTwice = await refuseLostOrDoubled(bench, handles, context);
  return { count, residentMib: { before, waiting }, cached, releaseSeconds, publishedTwice };
}

/**
 * Asks both witnesses: the activities, whether every phase was done exactly once and every publication says `passed`,
 * and the server, whether every run has completed and none is open. Returns how many were published twice.
 */
async function refuseLostOrDoubled(
  bench: FrameBench,
  handles: readonly WorkflowHandle[],
  context: BenchContext,
): Promise<number> {
  const { begunMs, published } = bench.ledger;
  let publishedTwice = 0;
  for (const { workflowId } of handles) {
    const publications = published.get(workflowId) ?? [];
    const steps = [...(begunMs.get(workflowId)?.values() ?? [])].map(({ length }) => length);
    // The phase that waits has no activity.
    const isWhole = steps.length === PHASES - 1 && steps.every((times) => times === 1);
    const said = new Set(publications.map(({ verdict }) => verdict));
    if (publications.length > 1) publishedTwice += 1;
    if (!isWhole || said.size !== 1 || !said.has('passed')) {
      throw new Error(
        `${workflowId}: phases were begun ${steps.join(', ')} times and published ${String(publications.length)} times`,
      );
    }
  }
  // One more has run before them.
  const completed = handles.length + 1;
  await until(context, `the server to count ${String(completed)} completed runs and no other`, async () => {
    const all = await bench.client.count(`TaskQueue = "${bench.taskQueue}"`);
    const done = await bench.client.count(
      `TaskQueue = "${bench.taskQueue}" AND ExecutionStatus = "Completed"`,
    );
    return all.count === completed && done.count === completed;
  });
  return publishedTwice;
}

async function open(bench: FrameBench): Promise<number> {
  const query = `TaskQueue = "${bench.taskQueue}" AND ExecutionStatus = "Running"`;
  return (await bench.client.count(query)).count;
}

async function until(
  { clock }: BenchContext,
  condition: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  await waitFor(
    async () => ((await holds()) ? { done: true, value: undefined } : { done: false, observed: 'not yet' }),
    { condition, deadlineMs: 240_000, intervalMs: 200, clock },
  );
}

async function inParallel<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  const lane = async (): Promise<void> => {
    for (let left = count / CONCURRENT; left > 0; left -= 1) results.push(await work());
  };
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
  return results;
}

function residentMib(): number {
  return process.memoryUsage().rss / 2 ** 20;
}

function report(rates: Record<'bare' | 'framed', number[]>, flights: readonly Flight[]): SectionReport {
  const spreads = { bare: spreadOf(rates.bare), framed: spreadOf(rates.framed) };
  return {
    name: 'harness-load',
    tables: [
      {
        title: `${String(CONCURRENT)} runs at a time, ${String(rates.framed.length)} rounds each, runs/s`,
        columns: ['what', 'median', 'min', 'max'],
        rows: [
          ['scenario frame', ...range(spreads.framed)],
          ['bare SDK', ...range(spreads.bare)],
        ],
      },
      flightTable(flights),
    ],
    notes: [
      `The frame does ${number((spreads.framed.median / spreads.bare.median) * 100)} % of the bare SDK’s runs a second (target: 90 %).`,
      'In flight: all runs begin, all wait in their fifth phase at the same time, all are released. Every phase of every run was counted exactly once by the activities, every verdict was `passed`, that of a publication made again too, and the server counted as many completed runs as were started and no other; else this table would not be. Resident memory is that of the process with worker and client, workflow code and connection included.',
    ],
    figures: { rates, spreads, flights },
  };
}

function flightTable(flights: readonly Flight[]): Table {
  return {
    title: 'In flight on one worker',
    columns: [
      'runs',
      'cached',
      'RSS before, MiB',
      'RSS, all waiting, MiB',
      'KiB a run',
      'release → all ended, s',
      'published again',
    ],
    rows: flights.map(
      ({ count, cached, residentMib: { before, waiting }, releaseSeconds, publishedTwice }) => [
        String(count),
        String(cached),
        number(before),
        number(waiting),
        number(((waiting - before) / count) * 1_024),
        number(releaseSeconds),
        String(publishedTwice),
      ],
    ),
  };
}
