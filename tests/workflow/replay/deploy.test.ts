import { join } from 'node:path';

import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { heartbeating } from '../../../activities/context.ts';
import type { HarnessActivities } from '../../../src/contracts/activities.ts';
import type { EnvironmentDescriptor } from '../../../src/contracts/environment.ts';
import type { RunSummary } from '../../../src/contracts/suites.ts';
import { createLogger } from '../../../src/support/logging.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { keepVersion } from '../../../worker/keep-version.ts';
import { adoptOrphans, makeCurrent, underWay, type Versions } from '../../../worker/versions.ts';
import { createHarnessWorker, ownWork } from '../../../worker/worker.ts';
import { executionEnd, goodActivities, observed, type Journal } from '../scenarios/fake-harness.ts';
import { startHarnessServer, startOn, temporalOf, until, type Run } from '../scenarios/scenario-bench.ts';
import { changedCheckout, type ChangedCheckout } from '../../fixtures/changed-checkout.ts';
import { wallClock, type TestServer } from '../support/temporal-server.ts';

const { EventType } = proto.temporal.api.enums.v1;
const { WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR } =
  proto.temporal.api.enums.v1.WorkflowTaskFailedCause;

/** Code that no run under way could go on with: it pauses before everything else. */
const PAUSE_FIRST = [
  {
    file: 'workflows/spot-migration.ts',
    from: 'import { phasesWith',
    to: "import { sleep } from '@temporalio/workflow';\nimport { phasesWith",
  },
  {
    file: 'workflows/spot-migration.ts',
    from: "    const subject = await run.customer('Acme Corp');",
    to: "    await sleep(10);\n    const subject = await run.customer('Acme Corp');",
  },
];

let checkout: ChangedCheckout;
/** What makes a worker of the changed checkout. */
let changed: { createHarnessWorker: typeof createHarnessWorker; ownWork: typeof ownWork };
beforeAll(async () => {
  // Code that fails is the subject here; what the worker says of it is not.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  checkout = await changedCheckout(PAUSE_FIRST);
  changed = (await import(join(checkout.root, 'worker', 'worker.ts'))) as typeof changed;
}, 120_000);
afterAll(() => checkout[Symbol.asyncDispose]());

let server: TestServer;
let versions: Versions;
let environment: EnvironmentDescriptor;
let stops: (() => Promise<void>)[];
let journal: Journal;
let release: () => void;
beforeEach(async () => {
  server = await startHarnessServer();
  versions = { ...temporalOf(server), clock: wallClock };
  environment = { urls: { temporalAddress: server.address } } as EnvironmentDescriptor;
  stops = [];
  journal = { lines: [], published: [] };
});
afterEach(async () => {
  release();
  await Promise.all(stops.map((stop) => stop()));
  await server[Symbol.asyncDispose]();
});

/** Every run waits in the middle of its execution until it is released. */
function waitingActivities(): HarnessActivities {
  const released = new Promise<void>((resolve) => (release = resolve));
  return goodActivities(journal, {
    monitorExecution: () =>
      heartbeating(async () => {
        journal.lines.push('waiting');
        await released;
        return observed('monitorExecution', executionEnd);
      }),
  });
}

function run(worker: Worker): () => Promise<void> {
  const ended = worker.run();
  const stop = async (): Promise<void> => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await ended;
  };
  stops.push(stop);
  return stop;
}

const waits = (times: number) => (run: Run) =>
  until(run, 'it to wait', () => journal.lines.filter((line) => line === 'waiting').length >= times);
const begin = () => startOn(server, {});
const verdictOf = async ({ handle }: Run) => ((await handle.result()) as RunSummary).verdict;

/** Did its code pause before its first activity, and what did a workflow task fail for, if one did? */
async function storyOf({ handle }: Run) {
  const { events } = await handle.fetchHistory();
  const failed = events?.find((event) => event.workflowTaskFailedEventAttributes);
  const types = (events ?? []).map(({ eventType }) => eventType);
  const beforeActivities = types.slice(0, types.indexOf(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED));
  return {
    pausedFirst: beforeActivities.includes(EventType.EVENT_TYPE_TIMER_STARTED),
    failedFor: failed?.workflowTaskFailedEventAttributes?.cause ?? null,
  };
}

test('a run under way ends on the code it began with, whatever is deployed; new ones start on the new code', async () => {
  const activities = waitingActivities();
  const stopOld = run(await createHarnessWorker(environment, activities, ownWork('old')));
  await makeCurrent(versions, 'old');
  const inFlight = await begin();
  await waits(1)(inFlight);
  run(await changed.createHarnessWorker(environment, activities, changed.ownWork('new')));
  await makeCurrent(versions, 'new');
  const later = await begin();
  await waits(2)(later);
  expect(await eventually(() => underWay(versions, 'old'), 1)).toBe(1);
  expect(await adoptOrphans(versions, 'new')).toEqual([]);
  release();
  expect(await verdictOf(inFlight)).toBe('passed');
  expect(await verdictOf(later)).toBe('passed');
  expect(await storyOf(inFlight)).toEqual({ pausedFirst: false, failedFor: null });
  expect(await storyOf(later)).toEqual({ pausedFirst: true, failedFor: null });
  expect(await eventually(() => underWay(versions, 'old'), 0)).toBe(0);
  await stopOld();
});

test('without builds the same change breaks the run under way', async () => {
  const activities = waitingActivities();
  const stopOld = run(await createHarnessWorker(environment, activities));
  const inFlight = await begin();
  await waits(1)(inFlight);
  await stopOld();
  run(await changed.createHarnessWorker(environment, activities));
  release();
  await until(inFlight, 'its code to fail', async () => (await storyOf(inFlight)).failedFor !== null);
  expect(await storyOf(inFlight)).toMatchObject({
    failedFor: WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
  });
});

test('a run whose build nobody runs any more is taken over by the current one', async () => {
  const activities = waitingActivities();
  const stopOld = run(await createHarnessWorker(environment, activities, ownWork('old')));
  await makeCurrent(versions, 'old');
  const orphan = await begin();
  await waits(1)(orphan);
  await stopOld();
  run(await createHarnessWorker(environment, activities, ownWork('same-code')));
  await makeCurrent(versions, 'same-code');
  expect(await eventually(() => underWay(versions, 'old'), 1)).toBe(1);
  // The last poll of a worker that is gone counts for a minute.
  const inTwoMinutes = { ...wallClock, wallMs: () => wallClock.wallMs() + 120_000 };
  const notYet = await adoptOrphans(versions, 'same-code');
  const adopted = await adoptOrphans({ ...versions, clock: inTwoMinutes }, 'same-code');
  expect([...notYet, ...adopted]).toEqual([orphan.handle.workflowId]);
  release();
  expect(await verdictOf(orphan)).toBe('passed');
});

test('a draining build waits for the end of what it has begun, however long, and no longer', async () => {
  run(await createHarnessWorker(environment, waitingActivities(), ownWork('old')));
  await makeCurrent(versions, 'old');
  const inFlight = await begin();
  await waits(1)(inFlight);
  const stop = new AbortController();
  let [drained, looks] = [false, 0];
  const sleepWall = (_pauseMs: number, signal?: AbortSignal): Promise<void> => {
    looks += 1;
    return wallClock.sleepWall(100, signal);
  };
  expect(await eventually(() => underWay(versions, 'old'), 1)).toBe(1);
  const kept = keepVersion(
    { ...versions, clock: { ...wallClock, sleepWall } },
    {
      buildId: 'old',
      draining: () => true,
      onDrained: () => (drained = true),
      signal: stop.signal,
      logger: createLogger('test'),
    },
  );
  await until(inFlight, 'it to be looked at', () => looks >= 5);
  expect(drained).toBe(false);
  release();
  expect(await verdictOf(inFlight)).toBe('passed');
  await kept;
  expect(drained).toBe(true);
});

/** What Temporal shows follows what is by some milliseconds. */
async function eventually(look: () => Promise<number>, wanted: number): Promise<number> {
  return waitFor(
    async () => {
      const observed = await look();
      return observed === wanted ? { done: true, value: observed } : { done: false, observed };
    },
    { condition: String(wanted), deadlineMs: 10_000, intervalMs: 50, clock: wallClock },
  );
}
