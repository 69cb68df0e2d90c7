import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { listenForHealth } from '../../../worker/health.ts';

let state: string;
let server: Server;
beforeEach(async () => {
  state = 'RUNNING';
  server = await listenForHealth(0, 'build', () => state);
});
afterEach(() => void server.close());

async function ask(path: string): Promise<{ status: number; body: unknown }> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${String(port)}${path}`);
  return { status: response.status, body: await response.json() };
}

test.each(['/health', '/health/ready'])('%s is 200 while the worker polls', async (path) => {
  expect(await ask(path)).toEqual({
    status: 200,
    body: { status: 'ready', service: 'worker', buildId: 'build' },
  });
});

test.each(['INITIALIZED', 'STOPPING', 'DRAINING', 'FAILED'])(
  'a worker that is %s is not ready',
  async (name) => {
    state = name;
    expect(await ask('/health/ready')).toEqual({
      status: 503,
      body: { status: name, service: 'worker', buildId: 'build' },
    });
  },
);

test('it serves nothing else', async () => {
  expect((await ask('/metrics')).status).toBe(404);
});

test('a port that is taken fails the start', async () => {
  const { port } = server.address() as AddressInfo;
  await expect(listenForHealth(port, 'build', () => state)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
