import fastify, { type FastifyInstance } from 'fastify';
import websocket from '@fastify/websocket';
import { WebSocket } from 'ws';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { createPortal } from '../../../src/platform/portal/app.ts';
import type { PlatformServer } from '../../../src/platform/kit/server.ts';
import { createLogger } from '../../../src/support/logging.ts';

let upstream: FastifyInstance;
let portal: PlatformServer;
let upstreamReady: boolean;

beforeEach(async () => {
  upstreamReady = true;
  upstream = fastify();
  await upstream.register(websocket);
  upstream.get('/health/ready', (_request, reply) =>
    reply.code(upstreamReady ? 200 : 503).send({
      status: upstreamReady ? 'ready' : 'unavailable',
      dependencies: [{ name: '<redis>', healthy: upstreamReady, latency_ms: 1 }],
    }),
  );
  upstream.post('/auth/login', (request) => ({
    body: request.body,
    from: request.headers['x-forwarded-for'],
  }));
  upstream.get('/internal/secrets', () => ({ reached: true }));
  upstream.get('/ws/customers/:id', { websocket: true }, (socket, request) => {
    socket.send(`${request.url} ${request.headers.authorization ?? 'nobody'}`);
  });
  const address = await upstream.listen({ host: '127.0.0.1', port: 0 });
  portal = await createPortal({
    orchestratorUrl: address,
    version: '1',
    logger: createLogger('portal', 'silent'),
  });
  await portal.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await portal.close();
  await upstream.close();
});

test('an API call reaches the orchestrator with its body and the caller’s address', async () => {
  const answer = await portal.inject({ method: 'POST', url: '/api/auth/login', payload: { email: 'a@b.c' } });
  expect(answer.json()).toEqual({ body: { email: 'a@b.c' }, from: '127.0.0.1' });
});

test.each([
  '/api/internal/secrets',
  '/api//internal/secrets',
  '/api/%69nternal/secrets',
  '/api/x/../internal/secrets',
  '/api/x/..%2Finternal/secrets',
])('the route between services %s is not reachable', async (url) => {
  const answer = await portal.inject({ url });
  expect(answer.statusCode).toBe(404);
  expect(answer.body).not.toContain('reached');
});

test('the page shows a platform that works, escaped and under a policy', async () => {
  const answer = await portal.inject({ url: '/' });
  expect(answer.body).toContain('data-state="ready"');
  expect(answer.body).toContain('&lt;redis&gt;');
  expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
});

test('the page shows a platform whose store is away', async () => {
  upstreamReady = false;
  const answer = await portal.inject({ url: '/' });
  expect(answer.body).toContain('data-state="unavailable"');
  expect(answer.body).toContain('does not answer');
});

test('without an orchestrator the page says so, the API answers 503 and readiness is red', async () => {
  await upstream.close();
  expect((await portal.inject({ url: '/' })).body).toContain('data-state="unreachable"');
  const call = await portal.inject({ url: '/api/customers' });
  expect(call.statusCode).toBe(503);
  expect(call.json()).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
  expect((await portal.inject({ url: '/health/ready' })).statusCode).toBe(503);
  expect((await portal.inject({ url: '/health' })).statusCode).toBe(200);
});

test('live updates pass through with their cursor and the caller’s token', async () => {
  const { port } = portal.server.address() as { port: number };
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/api/ws/customers/cus_1?cursor=7`, {
    headers: { authorization: 'Bearer abc' },
  });
  const message = await new Promise<string>((resolve, reject) => {
    socket.once('message', (data: Buffer) => {
      resolve(data.toString());
    });
    socket.once('error', reject);
  });
  socket.close();
  expect(message).toBe('/ws/customers/cus_1?cursor=7 Bearer abc');
});
