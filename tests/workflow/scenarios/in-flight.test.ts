import { join } from 'node:path';

import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { heartbeating } from '../../../activities/context.ts';
import { NAMESPACES } from '../../../src/contracts/environment.ts';
import { RUN_STATE_QUERY, workflowIdOf, type RunState } from '../../../src/contracts/runs.ts';
import type { RunSummary } from '../../../src/contracts/suites.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { wallClock, type TestServer } from '../support/temporal-server.ts';
import { goodActivities } from './fake-harness.ts';
import { IN_FLIGHT } from './in-flight-definition.ts';
import { INPUT, startHarnessServer } from './scenario-bench.ts';

const RUNS = 60;
const TASK_QUEUE = 'in-flight';
const HELD = 'fifth';

/** Activities that were scheduled for a phase, by run and phase; one that is tried again keeps its id. */
const scheduled = new Map<string, Set<string>>();
const published = new Map<string, RunState[]>();
const waiting = new Set<string>();
const gate = Promise.withResolvers<undefined>();

const activities = goodActivities(
  { lines: [], published: [] },
  {
    compareWithSnapshot: ({ subject: { runId }, snapshot }) =>
      heartbeating(async () => {
        const [phase = ''] = snapshot.runningInstanceIds;
        const key = `${runId} ${phase}`;
        scheduled.set(key, (scheduled.get(key) ?? new Set()).add(Context.current().info.activityId));
        if (phase === HELD) {
          waiting.add(runId);
          await gate.promise;
        }
        return { evidence: [IS_SO], notes: [], output: {} };
      }),
    publishRun: ({ run }) => {
      published.set(run.runId, [...(published.get(run.runId) ?? []), run]);
      return Promise.resolve({ directory: '' });
    },
  },
);
const IS_SO = {
  name: 'is.so',
  value: true,
  unit: 'flag',
  source: 'test',
  sampleSize: null,
  observedAt: '2026-11-22T12:00:00.000Z',
};

let server: TestServer;
let connection: NativeConnection;
let worker: Worker;
let polling: Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  server = await startHarnessServer();
  connection = await NativeConnection.connect({ address: server.address });
  worker = await Worker.create({
    connection,
    namespace: NAMESPACES.harness,
    taskQueue: TASK_QUEUE,
    workflowBundle: await loadWorkflowBundle({
      entry: join(import.meta.dirname, 'in-flight-scenario.ts'),
      cacheDir: join(process.cwd(), '.cache', 'bundles'),
    }),
    activities,
  });
  polling = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await polling;
  await connection.close();
  await server[Symbol.asyncDispose]();
});

async function until(condition: string, count: () => number | Promise<number>, expected: number) {
  await waitFor(
    async () => {
      const observed = await count();
      return observed === expected ? { done: true, value: undefined } : { done: false, observed };
    },
    { condition, deadlineMs: 120_000, intervalMs: 100, clock: wallClock },
  );
}

const counted = async (query: string) => (await server.client.workflow.count(query)).count;

test('sixty runs in flight at once on one worker: all end, none is lost, nothing is done twice', async () => {
  const runIds = Array.from({ length: RUNS }, (_, index) => `run-${String(index)}`);
  const handles = await Promise.all(
    runIds.map((runId) =>
      server.client.workflow.start('inFlight', {
        workflowId: workflowIdOf(runId),
        taskQueue: TASK_QUEUE,
        args: [INPUT],
      }),
    ),
  );
  await until('all runs to wait', () => waiting.size, RUNS);
  await until('the server to count them', () => counted('ExecutionStatus = "Running"'), RUNS);
  gate.resolve(undefined);
  const summaries: unknown[] = await Promise.all(handles.map((handle) => handle.result()));
  expect((summaries as RunSummary[]).map(({ runId, verdict }) => [runId, verdict])).toEqual(
    runIds.map((runId) => [runId, 'passed']),
  );
  for (const runId of runIds) {
    const times = IN_FLIGHT.phases.map(({ name }) => scheduled.get(`${runId} ${name}`)?.size);
    expect(times).toEqual(IN_FLIGHT.phases.map(() => 1));
    // Something that arrives while pages are written makes the server ask again; the last ones say what the run says.
    const pages = published.get(runId) ?? [];
    expect(new Set(pages.map(({ verdict }) => verdict))).toEqual(new Set(['passed']));
    const state = await server.client.workflow.getHandle(workflowIdOf(runId)).query(RUN_STATE_QUERY);
    expect(pages.at(-1)).toEqual(state);
  }
  // The server is asked again: as many as were started, all of them completed, none besides.
  await until('all to be completed', () => counted('ExecutionStatus = "Completed"'), RUNS);
  await until('none besides', () => counted(`TaskQueue = "${TASK_QUEUE}"`), RUNS);
}, 300_000);
