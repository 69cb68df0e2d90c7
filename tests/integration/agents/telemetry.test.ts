import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  connectTelemetry,
  type TelemetryConnection,
} from '../../../src/platform/agents/kit/telemetry/clickhouse.ts';
import { createTelemetry } from '../../../src/platform/agents/kit/telemetry/reader.ts';
import type { Telemetry } from '../../../src/platform/agents/kit/telemetry/types.ts';
import { migrateClickHouse } from '../../../src/platform/orchestrator/clickhouse/migrate.ts';
import { openFront, type Front } from '../fronts/front-process.ts';

/** On a minute, so that the counts of minutes below are exact. */
const START_MS = Date.UTC(2026, 10, 22, 12);
const SECONDS = 300;
const WINDOW = {
  customerId: 'cus_1',
  deployment: 'vllm-prod-1',
  fromMs: START_MS,
  toMs: START_MS + SECONDS * 1_000,
};

let front: Front;
let clickhouse: ClickHouseClient;
let connection: TelemetryConnection;
let telemetry: Telemetry;

beforeAll(async () => {
  front = await openFront('clickhouse_front.py', 'CLICKHOUSE_URL');
  clickhouse = createClient({ url: front.url });
  await migrateClickHouse(clickhouse);
  connection = connectTelemetry(front.url);
  telemetry = createTelemetry(connection.run);
  await seed();
});
afterAll(async () => {
  await connection.close();
  await clickhouse.close();
  await front[Symbol.asyncDispose]();
});

/** As text: a whole number would be read as seconds. */
function worldTime(second: number): string {
  return new Date(START_MS + second * 1_000).toISOString().replace('T', ' ').replace('Z', '');
}

/** One request a second with latency 1…300 ms, on two nodes; every hundredth fails; another customer beside it. */
async function seed(): Promise<void> {
  const request = (index: number, customer_id = 'cus_1') => ({
    customer_id,
    deployment: 'vllm-prod-1',
    instance_id: `i-${index % 2}`,
    lifecycle: index % 2 === 0 ? 'on_demand' : 'spot',
    request_id: `req_${index}`,
    arrived_at: worldTime(index),
    input_tokens: 340,
    output_tokens: 10 + (index % 10),
    cached_tokens: 170,
    ttft_ms: 50,
    latency_ms: index + 1,
    status: index % 100 === 99 ? 'error' : 'ok',
    error_reason: index % 100 === 99 ? 'timeout' : '',
    quality_score: index % 100 === 99 ? null : 0.9 + 0.1 * (index % 2),
  });
  const seconds = Array.from({ length: SECONDS }, (_second, index) => index);
  await clickhouse.insert({
    table: 'optiinfra.inference_requests',
    format: 'JSONEachRow',
    values: [
      ...seconds.map((second) => request(second)),
      ...seconds.map((second) => request(second, 'cus_2')),
    ],
  });
  await clickhouse.insert({
    table: 'optiinfra.engine_iterations',
    format: 'JSONEachRow',
    values: seconds.map((second) => ({
      customer_id: 'cus_1',
      deployment: 'vllm-prod-1',
      instance_id: `i-${second % 2}`,
      at: worldTime(second),
      prefill_tokens: second,
      decoding_requests: 2,
      duration_ms: 30,
    })),
  });
  await clickhouse.insert({
    table: 'optiinfra.gpu_samples',
    format: 'JSONEachRow',
    values: seconds.map((second) => ({
      customer_id: 'cus_1',
      instance_id: `i-${second % 2}`,
      at: worldTime(second),
      utilization: second % 2 === 0 ? 0.5 : 0.75,
      memory_utilization: 0.8,
    })),
  });
}

describe('telemetry in ClickHouse', () => {
  it('reads requests, latencies, errors and tokens of one customer', async () => {
    const seen = await telemetry.requests(WINDOW);
    expect(seen).toMatchObject({
      requests: 300,
      errors: 3,
      errorRate: 0.01,
      firstArrivalMs: START_MS,
      lastArrivalMs: START_MS + 299_000,
      requestsPerSecond: 1,
      inputTokensMean: 340,
      cachedTokensMean: 170,
      outputTokensMean: 14.5,
      outputTokensP99: 19,
    });
    expect(seen?.latencyMsP50).toBeGreaterThan(145);
    expect(seen?.latencyMsP50).toBeLessThan(155);
    expect(seen?.latencyMsP95).toBeGreaterThan(280);
  });

  it('keeps to its window', async () => {
    const half = { ...WINDOW, toMs: START_MS + 150_000 };
    expect((await telemetry.requests(half))?.requests).toBe(150);
    expect(await telemetry.requests({ ...WINDOW, fromMs: WINDOW.toMs, toMs: WINDOW.toMs + 1 })).toBeNull();
  });

  it('finds nothing of a stranger, whatever the name holds', async () => {
    expect(await telemetry.requests({ ...WINDOW, customerId: "cus_1' OR '1'='1" })).toBeNull();
    expect(await telemetry.requests({ ...WINDOW, deployment: 'other' })).toBeNull();
  });

  it('breaks requests down by instance and by lifecycle', async () => {
    const byInstance = await telemetry.requestsBy(WINDOW, 'instance_id');
    expect([...byInstance.keys()].sort()).toEqual(['i-0', 'i-1']);
    expect(byInstance.get('i-0')?.requests).toBe(150);
    const byLifecycle = await telemetry.requestsBy(WINDOW, 'lifecycle');
    expect(byLifecycle.get('spot')).toMatchObject({ requests: 150, errors: 3 });
  });

  it('reads quality without failed requests', async () => {
    const quality = await telemetry.quality(WINDOW);
    expect(quality?.sampleSize).toBe(297);
    expect(quality?.mean).toBeCloseTo((150 * 0.9 + 147) / 297, 5);
    expect(quality?.standardDeviation).toBeCloseTo(0.05, 3);
    expect(await telemetry.quality({ ...WINDOW, deployment: 'other' })).toBeNull();
  });

  it('reads the newest iterations of the named instances', async () => {
    const newest = await telemetry.iterations(WINDOW, ['i-1'], 3);
    expect(newest.map(({ prefillTokens }) => prefillTokens)).toEqual([299, 297, 295]);
    expect(newest[0]).toEqual({ prefillTokens: 299, decodingRequests: 2, durationMs: 30 });
    expect(await telemetry.iterations(WINDOW, ['i-9'], 3)).toEqual([]);
  });

  it('reads demand by the minute and GPUs by the instance', async () => {
    expect(await telemetry.demand(WINDOW)).toEqual({ minutes: 5, requests: 300, requestsPerSecondP95: 1 });
    expect(await telemetry.demand({ ...WINDOW, deployment: 'other' })).toBeNull();
    const gpu = await telemetry.gpu(WINDOW, ['i-1']);
    expect(gpu).toMatchObject({ samples: 150, utilizationMean: 0.75 });
    expect(gpu?.memoryUtilizationMean).toBeCloseTo(0.8, 5);
    expect(await telemetry.gpu(WINDOW, [])).toBeNull();
  });

  it('says that the store is away', async () => {
    const away = connectTelemetry('http://127.0.0.1:9');
    await expect(createTelemetry(away.run).requests(WINDOW)).rejects.toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE',
    });
    await away.close();
  });

  it('cannot write', async () => {
    await expect(
      connection.run('CREATE TABLE default.left_behind (a UInt8) ENGINE = Memory', {}),
    ).rejects.toThrow('did not answer');
    const tables = await clickhouse.query({
      query: `SELECT name FROM system.tables WHERE name = 'left_behind'`,
      format: 'JSONEachRow',
    });
    expect(await tables.json()).toEqual([]);
  });
});
