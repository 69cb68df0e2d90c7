import { createServer, type Server } from 'node:http';
import { once } from 'node:events';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { createMarketClient } from '../../../../../src/platform/executor/clients/market.ts';
import { createOrchestratorClient } from '../../../../../src/platform/executor/clients/orchestrator.ts';
import { executionOrder } from './fixtures.ts';

let server: Server;
let url: string;
let asked: { method: string; url: string; key: string; body: string }[];
let answer: { status: number; body: string };

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({
        method: request.method ?? '',
        url: request.url ?? '',
        key: request.headers.authorization ?? '',
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(answer.status).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${String((server.address() as { port: number }).port)}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('an order is read with the service key', async () => {
  answer = { status: 200, body: JSON.stringify(executionOrder()) };
  const order = await createOrchestratorClient(url, 'key').order('opt_1');
  expect(order.recommendation.plan.deployment).toBe('vllm-prod-1');
  expect(asked[0]).toMatchObject({ method: 'GET', url: '/internal/optimizations/opt_1', key: 'Bearer key' });
});

test('an answer that is not an order is refused, naming the field', async () => {
  answer = { status: 200, body: JSON.stringify({ ...executionOrder(), optimization: {} }) };
  await expect(createOrchestratorClient(url, 'key').order('opt_1')).rejects.toThrow(/optimization\.id/);
});

test('an answer that is no JSON is malformed', async () => {
  answer = { status: 200, body: '<html>' };
  await expect(createOrchestratorClient(url, 'key').order('opt_1')).rejects.toMatchObject({
    code: 'MALFORMED_ANSWER',
  });
});

test('a status report is put, and an empty answer is fine', async () => {
  answer = { status: 204, body: '' };
  await createOrchestratorClient(url, 'key').reportStatus('opt_1', {
    status: 'executing',
    result: null,
    actual_savings: null,
  });
  expect(asked[0]).toMatchObject({ method: 'PUT', url: '/internal/optimizations/opt_1/status' });
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
    status: 'executing',
    result: null,
    actual_savings: null,
  });
});

test.each([
  [409, '{"code":"INVALID_STATE"}', 'INVALID_STATE'],
  [404, '{"code":"NOT_FOUND"}', 'NOT_FOUND'],
  [400, 'no problem document', 'API_CALL_FAILED'],
  [503, '{"code":"INTERNAL"}', 'DEPENDENCY_UNAVAILABLE'],
])('HTTP %d %s becomes %s', async (status, body, code) => {
  answer = { status, body };
  await expect(createOrchestratorClient(url, 'key').context('cus_1')).rejects.toMatchObject({ code });
});

test('an id cannot leave its place in the path', async () => {
  answer = { status: 404, body: '' };
  await createOrchestratorClient(url, 'key')
    .context('../../admin')
    .catch((error: unknown) => error);
  expect(asked[0]?.url).toBe('/internal/customers/..%2F..%2Fadmin/context');
});

test('the market is asked as the customer’s account; a quote without a price is refused', async () => {
  answer = { status: 200, body: JSON.stringify({ instance_type: 'p', at: 'x', spot: [] }) };
  const market = createMarketClient(url);
  const question = { provider: 'aws', accountId: '1', region: 'us-east-1', instanceType: 'p' } as const;
  await expect(market.quote(question)).rejects.toThrow(/on_demand_usd_per_hour/);
  expect(asked[0]?.url).toBe('/market/prices?provider=aws&account=1&region=us-east-1&instance_type=p');
});
