import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { deliverTask } from '../../../../../src/platform/orchestrator/tasks/delivery.ts';
import type { TaskRow } from '../../../../../src/platform/orchestrator/tasks/store.ts';

const task = { id: 'tsk_1', type: 'learn', payload: { task_id: 'tsk_1' } } as unknown as TaskRow;
let server: Server | undefined;

async function endpoint(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
async function close(): Promise<void> {
  if (server?.listening !== true) return;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
afterEach(close);

const options = (url: string, limitMs = 5_000) => ({
  endpoint: url,
  agentKey: 'key',
  limitMs,
  stopping: new AbortController().signal,
});

describe('the delivery of a task', () => {
  it('times out at an agent that does not answer', async () => {
    const url = await endpoint(() => undefined);
    expect(await deliverTask(task, options(url, 50))).toMatchObject({ kind: 'timeout' });
  });

  it('times out at an agent that begins an answer and stops', async () => {
    const url = await endpoint((_, response) => void response.write('{'));
    expect(await deliverTask(task, options(url, 100))).toMatchObject({ kind: 'timeout' });
  });

  it('was not an attempt when nobody listens', async () => {
    const url = await endpoint(() => undefined);
    await close();
    expect(await deliverTask(task, options(url))).toMatchObject({ kind: 'undelivered' });
  });

  it('rejects when this process stops, so that nobody is blamed', async () => {
    const stopping = new AbortController();
    const url = await endpoint(() => stopping.abort());
    await expect(deliverTask(task, { ...options(url), stopping: stopping.signal })).rejects.toThrow();
  });
});
