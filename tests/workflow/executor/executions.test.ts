import { join } from 'node:path';

import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest';

import { NAMESPACES, TASK_QUEUES } from '../../../src/contracts/environment.ts';
import { createExecutions } from '../../../src/platform/executor/service/executions.ts';
import { registerExecutionRoutes } from '../../../src/platform/executor/service/routes.ts';
import {
  createTemporalClient,
  type TemporalClient,
} from '../../../src/platform/executor/service/temporal.ts';
import { createServer, type PlatformServer } from '../../../src/platform/kit/server.ts';
import { createLogger } from '../../../src/support/logging.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { fakeActivities, judgement } from './fake-rollout.ts';
import { startTestServer, wallClock, type TestServer } from '../support/temporal-server.ts';

const KEY = 'service-key';
let temporal: TestServer;
let connection: NativeConnection;
let codePath: string;
let client: TemporalClient;
let server: PlatformServer;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await startTestServer({ namespace: NAMESPACES.platform });
  connection = await NativeConnection.connect({ address: temporal.address });
  const entry = join(process.cwd(), 'src/platform/executor/workflows/index.ts');
  ({ codePath } = await loadWorkflowBundle({ entry, cacheDir: join(process.cwd(), '.cache/bundles') }));
});
afterAll(async () => {
  await connection.close();
  await temporal[Symbol.asyncDispose]();
});
beforeEach(() => {
  open(temporal.address);
});
afterEach(async () => {
  await server.close();
  await client.close();
});

function open(address: string): void {
  client = createTemporalClient(address);
  server = createServer({
    service: 'executor',
    version: '1',
    logger: createLogger('executor', 'silent'),
    dependencies: {},
  });
  registerExecutionRoutes(server, createExecutions(client, wallClock), KEY);
}

const call = (method: 'GET' | 'POST', url: string, payload?: object, key = KEY) =>
  server.inject({
    method,
    url,
    headers: { authorization: `Bearer ${key}` },
    ...(payload === undefined ? {} : { payload }),
  });
const person = { by: 'user:usr_1', reason: 'because' };

test.each([
  ['POST', '/executions', { optimization_id: 'opt_1' }],
  ['GET', '/executions/opt_1', undefined],
  ['POST', '/executions/opt_1/cancel', person],
  ['POST', '/executions/opt_1/decision', { decision: 'continue', ...person }],
] as const)('%s %s needs the service key', async (method, url, payload) => {
  expect((await call(method, url, payload, 'another-key')).statusCode).toBe(401);
});

test.each([
  ['/executions', {}, 'optimization_id'],
  ['/executions', { optimization_id: 'rec_1' }, 'optimization_id'],
  ['/executions/opt_1/cancel', { by: 'x' }, 'reason'],
  ['/executions/opt_1/decision', { ...person, decision: 'perhaps' }, 'decision'],
])('%s with %o is refused naming %s', async (url, payload, field) => {
  const answer = await call('POST', url, payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ errors: { field: string }[] }>().errors[0]?.field).toContain(field);
});

test('what was never started is not found', async () => {
  expect((await call('GET', '/executions/opt_none')).statusCode).toBe(404);
  expect((await call('POST', '/executions/opt_none/cancel', person)).statusCode).toBe(404);
});

test('an order is started once, whatever the number of calls, also after it ended', async () => {
  const notes: string[] = [];
  const worker = await Worker.create({
    connection,
    namespace: NAMESPACES.platform,
    taskQueue: TASK_QUEUES.executor,
    workflowBundle: { codePath },
    activities: fakeActivities((line) => notes.push(line)),
  });
  const order = { optimization_id: 'opt_once' };
  await worker.runUntil(async () => {
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/executions', order)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202]);
    expect(answers[0]?.json()).toEqual({ workflow_id: 'optimization-opt_once' });
    await (await client.client()).workflow.getHandle('optimization-opt_once').result();
    expect((await call('POST', '/executions', order)).statusCode).toBe(202);
    const view = await call('GET', '/executions/opt_once');
    expect(view.json()).toMatchObject({ status: 'COMPLETED', progress: { status: 'completed' } });
  });
  expect(notes.filter((line) => line.startsWith('launch '))).toHaveLength(1);
});

test('a hold is decided through the API; a decision too many is refused', async () => {
  const notes: string[] = [];
  const worker = await Worker.create({
    connection,
    namespace: NAMESPACES.platform,
    taskQueue: TASK_QUEUES.executor,
    workflowBundle: { codePath },
    activities: fakeActivities((line) => notes.push(line), {
      observeStage: async ({ window }) => ({ kind: 'judged', judgement: judgement('inconclusive', window) }),
    }),
  });
  const decision = { decision: 'rollback', ...person };
  await worker.runUntil(async () => {
    await call('POST', '/executions', { optimization_id: 'opt_hold' });
    await expect
      .poll(async () => (await call('GET', '/executions/opt_hold')).json<{ progress: unknown }>().progress, {
        timeout: 20_000,
      })
      .toMatchObject({ status: 'awaiting_decision', onHold: ['said inconclusive'] });
    expect((await call('POST', '/executions/opt_hold/decision', decision)).statusCode).toBe(202);
    expect((await call('POST', '/executions/opt_hold/decision', decision)).statusCode).toBe(409);
    await (await client.client()).workflow.getHandle('optimization-opt_hold').result();
  });
  expect(notes.at(-1)).toContain('user:usr_1 decided to roll back: because');
});

test('without Temporal the answer is 503', async () => {
  await server.close();
  await client.close();
  open('127.0.0.1:9');
  const answer = await call('POST', '/executions', { optimization_id: 'opt_1' });
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
});
