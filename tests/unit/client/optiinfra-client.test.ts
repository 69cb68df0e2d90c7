import { afterEach, beforeEach, expect, test } from 'vitest';

import { createClient, type OptiInfraClient } from '../../../src/client/index.ts';
import { HttpStub, type StubAnswer, type StubRequest } from '../../integration/support/http-stub.ts';
import { stepClock } from './step-clock.ts';

let server: HttpStub;
let client: OptiInfraClient;
let answer: (request: StubRequest) => StubAnswer;
let customer: string | null;

beforeEach(async () => {
  customer = 'cus_1';
  server = await new HttpStub((request) => {
    if (request.path !== '/auth/login') return answer(request);
    const body = { access_token: 'access', refresh_token: 'r', expires_in: 900, customer_id: customer };
    return { status: 200, body };
  }).start();
  const credentials = { email: 'dana@acme.example', password: 'secret' };
  client = createClient({ baseUrl: server.url, credentials, clock: stepClock() });
});
afterEach(() => server[Symbol.asyncDispose]());

const calls = () => server.received.filter(({ path }) => path !== '/auth/login');

test('pages are read to the end, in order, with the filter on each', async () => {
  const pages: Readonly<Record<string, unknown>> = {
    start: { items: [{ id: 'rec_1' }, { id: 'rec_2' }], next_cursor: 'c1' },
    c1: { items: [], next_cursor: 'c2' },
    c2: { items: [{ id: 'rec_3' }], next_cursor: null },
  };
  answer = ({ query }) => ({ status: 200, body: pages[query.get('cursor') ?? 'start'] });
  const all = await client.recommendations('cus_1', { status: 'pending', analysisId: 'anl_1' });
  expect(all.map(({ id }) => id)).toEqual(['rec_1', 'rec_2', 'rec_3']);
  expect(calls().map(({ query }) => query.toString())).toEqual([
    'status=pending&analysis_id=anl_1',
    'status=pending&analysis_id=anl_1&cursor=c1',
    'status=pending&analysis_id=anl_1&cursor=c2',
  ]);
});

test('a cursor that never ends is an error, not a wait for ever', async () => {
  answer = () => ({ status: 200, body: { items: [{}], next_cursor: 'again' } });
  await expect(client.audit('cus_1')).rejects.toThrow('more than 200 pages: the cursor does not end');
  expect(calls()).toHaveLength(200);
});

test('a page that is refused ends the reading', async () => {
  answer = ({ query }) =>
    query.has('cursor')
      ? { status: 503, body: { code: 'DEPENDENCY_UNAVAILABLE', detail: 'postgres' } }
      : { status: 200, body: { items: [{}], next_cursor: 'c1' } };
  await expect(client.agents()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
});

test('every call carries the token, and identifiers cannot leave their place in the path', async () => {
  answer = () => ({ status: 200, body: {} });
  await client.infrastructure('../admin?x=1');
  await client.approve('rec/1', 'fine');
  expect(calls().map(({ path }) => path)).toEqual([
    '/customers/..%2Fadmin%3Fx%3D1/infrastructure',
    '/recommendations/rec%2F1/approve',
  ]);
  expect(calls().every(({ headers }) => headers.authorization === 'Bearer access')).toBe(true);
});

test('cancelling an optimization says why: the platform refuses one without a reason', async () => {
  answer = () => ({ status: 200, body: {} });
  await client.cancelOptimization('opt_1', 'its run has ended');
  expect(calls().at(-1)).toMatchObject({
    path: '/optimizations/opt_1/cancel',
    body: { reason: 'its run has ended' },
  });
});

test('metrics are asked for by name, window and resolution', async () => {
  answer = () => ({ status: 200, body: { unit: 'ms', points: [] } });
  const startMs = Date.parse('2026-11-22T12:00:00.000Z');
  await client.metrics('cus_1', {
    metricType: 'latency_p95',
    startMs,
    endMs: startMs + 0.75,
    resolution: 'all',
  });
  expect(Object.fromEntries(calls()[0]?.query ?? [])).toEqual({
    metric_type: 'latency_p95',
    start: '2026-11-22T12:00:00.000Z',
    end: '2026-11-22T12:00:00.000Z',
    resolution: 'all',
  });
});

test('a login that owns no customer says so', async () => {
  customer = null;
  await expect(client.customerId()).rejects.toThrow('dana@acme.example owns no customer');
});

test('an analysis asked for again after a lost answer carries the same key', async () => {
  answer = () => ({ status: 202, body: { status: 'started', analysis_id: 'anl_1', task_id: 'tsk_1' } });
  await client.analyze('cus_1', 'cost', 'run-1-analysis');
  await client.analyze('cus_1', 'cost');
  expect(calls().map(({ headers }) => headers['idempotency-key'])).toEqual(['run-1-analysis', undefined]);
});
