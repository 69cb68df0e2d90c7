import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createFlowState } from '../../../../../src/platform/orchestrator/flow-state.ts';
import { quoteFor } from '../../../../../src/platform/orchestrator/inventory/quotes.ts';
import { anchorNow, createClock } from '../../../../../src/support/clock.ts';

const key = { provider: 'aws', account: '123456789012', region: 'us-east-1', instance_type: 'p4d' } as const;
let server: Server;
let asked: string[];
let status: number;
let worldMs: number;

beforeEach(async () => {
  asked = [];
  status = 200;
  worldMs = 0;
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.statusCode = status;
    response.end(JSON.stringify({ on_demand_usd_per_hour: asked.length }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const services = () => ({
  marketUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
  clock: { ...createClock(anchorNow(1)), worldMs: () => worldMs },
  flow: createFlowState(),
  logger: pino({ level: 'silent' }),
});

describe('quotes', () => {
  it('are asked for by account and remembered for a world minute', async () => {
    const there = services();
    await quoteFor(there, key);
    worldMs = 59_999;
    await quoteFor(there, key);
    expect(asked).toEqual([
      '/market/prices?provider=aws&account=123456789012&region=us-east-1&instance_type=p4d',
    ]);
    worldMs = 60_000;
    expect(await quoteFor(there, key)).toMatchObject({ on_demand_usd_per_hour: 2 });
  });

  it('stand while the market is away, and are missed when there was none', async () => {
    const there = services();
    await quoteFor(there, key);
    worldMs = 60_000;
    status = 500;
    expect(await quoteFor(there, key)).toMatchObject({ on_demand_usd_per_hour: 1 });
    await expect(quoteFor(services(), key)).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
  });
});
