import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { followRun } from '../../../src/cli/runs/follow-run.ts';
import { heartbeating } from '../../../activities/context.ts';
import { NAMESPACES } from '../../../src/contracts/environment.ts';
import {
  RUN_STATE_QUERY,
  workflowIdOf,
  type RunState,
  type ScenarioInput,
} from '../../../src/contracts/runs.ts';
import { summaryOf } from '../../../src/contracts/run-summary.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { wallClock, type TestServer } from '../support/temporal-server.ts';
import { goodActivities } from './fake-harness.ts';
import { INPUT, startHarnessServer, temporalOf } from './scenario-bench.ts';

const TASK_QUEUE = 'odd';
const lines: string[] = [];
let server: TestServer;
let connection: NativeConnection;
let worker: Worker;
let polling: Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  server = await startHarnessServer();
  connection = await NativeConnection.connect({ address: server.address });
  const workflowBundle = await loadWorkflowBundle({
    entry: join(import.meta.dirname, 'odd-scenarios.ts'),
    cacheDir: join(process.cwd(), '.cache', 'bundles'),
  });
  const activities = goodActivities(
    { lines, published: [] },
    { awaitDecisionElsewhere: () => heartbeating(() => new Promise<never>(() => undefined)) },
  );
  worker = await Worker.create({
    connection,
    namespace: NAMESPACES.harness,
    taskQueue: TASK_QUEUE,
    workflowBundle,
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

async function runOdd(workflowType: string, input: Partial<ScenarioInput> = {}): Promise<RunState> {
  lines.length = 0;
  const handle = await server.client.workflow.start(workflowType, {
    workflowId: workflowIdOf(randomUUID().slice(0, 8)),
    taskQueue: TASK_QUEUE,
    args: [{ ...INPUT, ...input }],
  });
  const summary: unknown = await handle.result();
  const state = await handle.query<RunState>(RUN_STATE_QUERY);
  expect(summary).toEqual(summaryOf(state));
  return state;
}

test('a scenario that runs all its phases passes', async () => {
  expect(await runOdd('whole')).toMatchObject({ verdict: 'passed' });
});

test('a scenario that forgets a phase proves nothing about it', async () => {
  const state = await runOdd('forgetsPhase');
  expect(state).toMatchObject({ verdict: 'inconclusive', cleanup: 'done' });
  expect(state.phases[1]).toMatchObject({ status: 'not-reached', verdict: null });
});

test('a phase without gates proves nothing', async () => {
  const state = await runOdd('gateless');
  expect(state).toMatchObject({ verdict: 'inconclusive' });
  expect(state.phases[1]?.status).toBe('not-reached');
});

test('a red phase that the scenario swallows keeps the run red', async () => {
  const state = await runOdd('swallowsRed');
  expect(state.phases.map(({ verdict }) => verdict)).toEqual(['failed', 'passed']);
  expect(state.verdict).toBe('failed');
});

test('a phase cannot be repeated until it is green', async () => {
  const state = await runOdd('repeatsUntilGreen');
  expect(state.verdict).toBe('infra-error');
  expect(state.phases[0]?.verdict).toBe('failed');
  expect(state.phases[1]?.error).toBe('fault of the scenario: Error: phase first has run already');
});

test('a phase that the definition lacks is named', async () => {
  const state = await runOdd('inventsPhase');
  expect(state.verdict).toBe('infra-error');
  expect(state.phases[1]?.error).toBe('fault of the scenario: Error: scenario odd has no phase third');
});

test('an error in workflow code ends the run, names its phase and cleans up', async () => {
  const state = await runOdd('throwsInPhase');
  expect(state).toMatchObject({ verdict: 'infra-error', cleanup: 'done', status: 'finished' });
  expect(state.phases[0]?.verdict).toBe('passed');
  expect(state.phases[1]).toMatchObject({
    verdict: 'infra-error',
    error: 'fault of the scenario: TypeError: nothing is undefined',
  });
  expect(lines).toEqual(['prepareCustomer (Acme Corp)', 'collectEvidence', 'cleanUp', 'publishRun']);
});

test('an error after the last phase is kept with the run, which does not pass', async () => {
  const state = await runOdd('throwsAtTheEnd');
  expect(state.verdict).toBe('infra-error');
  expect(state.errors).toEqual(['fault of the scenario: RangeError: one too many']);
});

test('a fault planned for a scenario without a customer cannot strike: the run does not pass', async () => {
  const state = await runOdd('whole', {
    faults: [{ phase: 'second', fault: { kind: 'stop-traffic' } }],
  });
  expect(state.verdict).toBe('infra-error');
  expect(state.phases[1]?.error).toContain('no customer to inject stop-traffic into');
});

test('nobody decides in time: nothing is approved, the run is inconclusive', async () => {
  const state = await runOdd('asksBriefly', { approve: 'manual' });
  expect(state).toMatchObject({ verdict: 'inconclusive', cleanup: 'done' });
  expect(state.phases[1]?.notes).toEqual(['Nobody decided before the deadline']);
  expect(lines.some((line) => line.startsWith('approve') || line === 'recordDecision')).toBe(false);
});

async function follow(workflowType: string, meanwhile: (runId: string) => Promise<unknown>) {
  const runId = randomUUID().slice(0, 8);
  await server.client.workflow.start(workflowType, {
    workflowId: workflowIdOf(runId),
    taskQueue: TASK_QUEUE,
    args: [INPUT],
  });
  await meanwhile(runId);
  const { signal } = new AbortController();
  return followRun({ temporal: temporalOf(server), runId, reporters: [], clock: wallClock, signal });
}

test('a run that cannot go on for a fault outside the frame is said, not waited for', async () => {
  await expect(follow('breaksOutsideTheFrame', () => Promise.resolve())).rejects.toMatchObject({
    code: 'RUN_STUCK',
    message: expect.stringContaining(
      "its workflow code fails: Cannot read properties of undefined (reading 'join')",
    ) as string,
  });
});

test('a run that was terminated has no verdict, and following it ends', async () => {
  const ended = follow('waitsForEver', async (runId) => {
    const handle = server.client.workflow.getHandle(workflowIdOf(runId));
    await waitFor(
      async () => {
        const [first] = (await handle.query<RunState>(RUN_STATE_QUERY)).phases;
        return first?.verdict === 'passed'
          ? { done: true, value: null }
          : { done: false, observed: first?.status };
      },
      { condition: 'the first phase', deadlineMs: 20_000, intervalMs: 50, clock: wallClock },
    );
    await handle.terminate('by a person');
  });
  await expect(ended).rejects.toMatchObject({
    message: expect.stringContaining('ended as TERMINATED without a verdict') as string,
  });
});

test('a run that ends is followed to its verdict', async () => {
  expect(await follow('whole', () => Promise.resolve())).toMatchObject({
    status: 'finished',
    verdict: 'passed',
  });
});
