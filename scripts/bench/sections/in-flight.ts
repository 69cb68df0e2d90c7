import type { WorkflowHandle } from '@temporalio/client';

import { waitFor } from '../../../src/support/waiting.ts';
import type { BenchContext } from '../context.ts';
import { number } from '../format.ts';
import { ended, inParallel, openFrameBench, PHASES, type FrameBench } from '../frame-bench.ts';
import type { SectionReport, Table } from '../report.ts';

/** Hundreds of runs in flight on one worker: whether every one ends once, and what a waiting one holds. */
export async function benchInFlight(context: BenchContext): Promise<SectionReport> {
  const flights: Flight[] = [];
  for (const count of context.quick ? [50] : [500, 1_000]) {
    await using bench = await openFrameBench(context);
    flights.push(await fly(bench, count, context));
    context.say(`in-flight: ${String(count)} have ended`);
  }
  return {
    name: 'in-flight',
    tables: [flightTable(flights)],
    notes: [
      'All runs begin, all wait in their fifth phase at the same time, all are released. Every phase of every run was counted exactly once by the activities, every verdict was `passed`, that of a publication made again too, and the server counted as many completed runs as were started and no other; else this table would not be. Resident memory is that of the process with worker and client; what a cached run holds is read from the first row, for later ones find memory that the first has left.',
    ],
    figures: { flights },
  };
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
  const handles = await inParallel(Array.from({ length: count }), () => bench.start('framedHeld'));
  await until(context, `${String(count)} runs to wait`, () => {
    const waiting = handles.filter(({ workflowId }) => bench.ledger.begunMs.get(workflowId)?.has(4) === true);
    const idle = bench.worker.getStatus().numInFlightWorkflowActivations === 0;
    return Promise.resolve(waiting.length === count && idle);
  });
  await until(context, 'the server to count them', async () => (await open(bench)) === count);
  const waiting = residentMib();
  const cached = bench.worker.getStatus().numCachedWorkflows;
  const startedMs = clock.monotonicMs();
  // All are told before the first is waited for: hundreds of long polls would keep signals off the connection.
  await inParallel(handles, (handle) => handle.signal('released'));
  await inParallel(handles, (handle) => ended('framedHeld', handle));
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
    { condition, deadlineMs: 600_000, intervalMs: 200, clock },
  );
}

function residentMib(): number {
  return process.memoryUsage().rss / 2 ** 20;
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
