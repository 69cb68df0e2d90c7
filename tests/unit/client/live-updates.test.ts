import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';

import { openLiveUpdates, type LiveUpdates } from '../../../src/client/index.ts';
import { CLOSE_CODES, type LiveEvent } from '../../../src/contracts/api/events.ts';
import { createClock } from '../../../src/support/clock.ts';
import { waitFor } from '../../../src/support/waiting.ts';

const clock = createClock({ wallMs: 0, worldMs: 0, timeScale: 1 });

/** Replays from the cursor as the platform does; `serve` decides what a connection gets. */
let server: WebSocketServer;
let connections: { readonly cursor: number; readonly path: string; readonly token: string | undefined }[];
let serve: (socket: WebSocket, cursor: number, connection: number) => void;
let baseUrl: string;

beforeEach(async () => {
  connections = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const url = new URL(request.url ?? '/', baseUrl);
    const cursor = Number(url.searchParams.get('cursor'));
    connections.push({ cursor, path: url.pathname, token: request.headers.authorization });
    serve(socket, cursor, connections.length);
  });
});
afterEach(async () => {
  for (const socket of server.clients) socket.terminate();
  server.close();
  await once(server, 'close');
});

function send(socket: WebSocket, ...sequences: readonly number[]): void {
  for (const sequence of sequences) {
    const event = { id: `evt_${String(sequence)}`, sequence, type: 'analysis.started' };
    socket.send(JSON.stringify({ kind: 'event', event }));
  }
}
const from = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
const open = (accessToken = () => Promise.resolve('access')): LiveUpdates =>
  openLiveUpdates({ baseUrl, customerId: 'cus/1', accessToken, clock });
const sequences = (events: readonly LiveEvent[]): number[] => events.map(({ sequence }) => sequence);

async function until(what: string, holds: () => boolean): Promise<void> {
  await waitFor(
    async () => (holds() ? { done: true, value: null } : { done: false, observed: connections }),
    {
      condition: what,
      deadlineMs: 15_000,
      intervalMs: 10,
      clock,
    },
  );
}

test('events come in order; heartbeats are none', async () => {
  serve = (socket) => {
    send(socket, 1, 2);
    socket.send(JSON.stringify({ kind: 'heartbeat', at: 'now' }));
    send(socket, 3);
  };
  await using live = open();
  await until('three events', () => live.received().length === 3);
  expect(sequences(live.received())).toEqual([1, 2, 3]);
  expect(connections).toEqual([{ cursor: 0, path: '/ws/customers/cus%2F1', token: 'Bearer access' }]);
  expect(live.refused()).toBeNull();
});

test('connections that drop lose nothing and double nothing', async () => {
  const lasts = [3, 3, 7, 10];
  serve = (socket, cursor, connection) => {
    send(socket, ...from(cursor + 1, lasts[connection - 1] ?? 10));
    // The third is torn down hard, those before it close in order.
    if (connection < 3) socket.close(1012, 'restart');
    if (connection === 3) setImmediate(() => socket.terminate());
  };
  await using live = open();
  await until('ten events', () => live.received().length >= 10);
  expect(sequences(live.received())).toEqual(from(1, 10));
  const cursors = connections.map(({ cursor }) => cursor);
  expect(cursors.slice(0, 3)).toEqual([0, 3, 3]);
});

test('a server that is away for a while is found again', async () => {
  const { port } = server.address() as AddressInfo;
  serve = (socket, cursor) => send(socket, cursor + 1);
  await using live = open();
  await until('the first event', () => live.received().length === 1);
  for (const socket of server.clients) socket.terminate();
  server.close();
  await once(server, 'close');
  server = new WebSocketServer({ port, host: '127.0.0.1' });
  server.on('connection', (socket, request) => {
    const cursor = Number(new URL(request.url ?? '/', baseUrl).searchParams.get('cursor'));
    send(socket, cursor + 1);
  });
  await until('the second event', () => live.received().length === 2);
  expect(sequences(live.received())).toEqual([1, 2]);
});

test.each(Object.entries(CLOSE_CODES))(
  'a stream refused as %s is not asked for again',
  async (name, code) => {
    serve = (socket) => {
      send(socket, 1);
      socket.close(code, `you are ${name}`);
    };
    await using live = open();
    await until('the refusal', () => live.refused() !== null);
    expect(live.refused()).toEqual({ code, reason: `you are ${name}` });
    // Longer than the pause before a reconnection.
    await clock.sleepWall(300);
    expect(connections).toHaveLength(1);
  },
);

test('what is no message ends the stream, and closing it says so', async () => {
  serve = (socket) => {
    send(socket, 1);
    socket.send('<html>');
  };
  const live = open();
  await until('the connection to end', () => connections.length === 1 && server.clients.size === 0);
  await expect(live[Symbol.asyncDispose]()).rejects.toMatchObject({
    code: 'API_CALL_FAILED',
    message: 'the live updates broke off',
  });
  expect(sequences(live.received())).toEqual([1]);
});

test('a token that cannot be had is raised at the close', async () => {
  const live = open(() => Promise.reject(new Error('wrong password')));
  await expect(live[Symbol.asyncDispose]()).rejects.toMatchObject({ cause: { message: 'wrong password' } });
});

test('closed while the token is on its way, it opens nothing', async () => {
  const token = Promise.withResolvers<string>();
  const live = open(() => token.promise);
  const closed = live[Symbol.asyncDispose]();
  token.resolve('access');
  await closed;
  expect(connections).toEqual([]);
});

test('closing ends the connection', async () => {
  serve = (socket) => send(socket, 1);
  const live = open();
  await until('an event', () => live.received().length === 1);
  await live[Symbol.asyncDispose]();
  await until('the connection to end', () => server.clients.size === 0);
  expect(connections).toHaveLength(1);
});
