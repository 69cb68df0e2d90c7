import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { createClient } from '@clickhouse/client';
import { QdrantClient } from '@qdrant/js-client-rest';
import { describe, expect, it } from 'vitest';

import { FrontProcess } from './front-process.ts';

/** How our own processes begin and end; a real server's life is its operator's. */
describe.each(['clickhouse_front.py', 'qdrant_front.py'])('%s', (script) => {
  it('refuses a port that is taken, and a directory that is in use', async () => {
    await using front = await FrontProcess.start(script);
    for (const [port, message] of [
      [Number(new URL(front.url).port), /port \d+: Address already in use/],
      [0, /is in use by another process/],
    ] as const) {
      const second = front.spawn(port);
      const [said] = await Promise.all([text(second.stderr!), once(second, 'exit')]);
      expect(said).toMatch(message);
      expect(second.exitCode).toBe(1);
    }
  });
});

const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const;

it('the ClickHouse front keeps what was written through a kill and through a stop', async () => {
  await using front = await FrontProcess.start('clickhouse_front.py');
  const connect = () => createClient({ url: front.url });
  await using first = connect();
  await first.command({ query: 'CREATE DATABASE kept' });
  await first.command({ query: 'CREATE TABLE kept.rows (n UInt32) ENGINE = MergeTree ORDER BY n' });
  for (const [n, signal] of SIGNALS.entries()) {
    await using client = connect();
    await client.insert({ table: 'kept.rows', values: [{ n }], format: 'JSONEachRow' });
    expect(await front.end(signal)).toBe(signal === 'SIGKILL' ? null : 0);
    await front.start();
    await using again = connect();
    const result = await again.query({ query: 'SELECT n FROM kept.rows ORDER BY n', format: 'JSONEachRow' });
    expect(await result.json()).toEqual(SIGNALS.slice(0, n + 1).map((_, index) => ({ n: index })));
  }
});

it('the Qdrant front keeps what was written, and what was refused stays out, through a kill and a stop', async () => {
  await using front = await FrontProcess.start('qdrant_front.py');
  const connect = () => new QdrantClient({ url: front.url, checkCompatibility: false });
  const name = 'kept-ünïcödé';
  await connect().createCollection(name, {
    vectors: { size: 2, distance: 'Cosine' },
  });
  for (const [id, signal] of SIGNALS.entries()) {
    const client = connect();
    await client.upsert(name, { wait: true, points: [{ id, vector: [1, id], payload: { id } }] });
    await expect(client.upsert(name, { wait: true, points: [{ id: 99, vector: [1] }] })).rejects.toThrow();
    expect(await front.end(signal)).toBe(signal === 'SIGKILL' ? null : 0);
    await front.start();
    const { points } = await connect().scroll(name, { limit: 10 });
    expect(points.map((point) => point.payload)).toEqual(
      SIGNALS.slice(0, id + 1).map((_, index) => ({ id: index })),
    );
  }
});

it('a stop lets a running statement finish', async () => {
  await using front = await FrontProcess.start('clickhouse_front.py');
  await using client = createClient({ url: front.url });
  const query = 'SELECT sum(sleepEachRow(0.1)) AS slept FROM numbers(20) SETTINGS max_block_size = 1';
  const running = client.query({ query, format: 'JSONEachRow' });
  const others = "query LIKE '%sleepEachRow%' AND query NOT LIKE '%system.processes%'";
  const started = async (): Promise<unknown> => {
    const look = `SELECT toUInt8(count()) AS n FROM system.processes WHERE ${others}`;
    return (await client.query({ query: look, format: 'JSONEachRow' })).json();
  };
  await expect.poll(started, { timeout: 10_000 }).toEqual([{ n: 1 }]);
  const ended = front.end('SIGTERM');
  expect(await (await running).json()).toEqual([{ slept: 0 }]);
  expect(await ended).toBe(0);
});
