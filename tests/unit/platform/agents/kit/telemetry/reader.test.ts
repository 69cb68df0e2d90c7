import { describe, expect, it } from 'vitest';

import { createTelemetry } from '../../../../../../src/platform/agents/kit/telemetry/reader.ts';

const WINDOW = { customerId: 'cus_1', deployment: 'vllm-prod-1', fromMs: 1_000.4, toMs: 61_000.9 };
const ROW = {
  requests: '1001',
  errors: '1',
  first_ms: '1000',
  last_ms: '21000',
  p50: 819,
  p95: 1604,
  p99: 2059,
  input_mean: 340,
  cached_mean: 0,
  output_mean: 12,
  output_p50: 11,
  output_p95: 20,
  output_p99: 25,
};

/** A store that answers every query with these rows and remembers what it was asked. */
function store(rows: readonly unknown[]) {
  const asked: { query: string; parameters: Readonly<Record<string, unknown>> }[] = [];
  const telemetry = createTelemetry(async (query, parameters) => {
    asked.push({ query, parameters });
    return rows;
  });
  return { telemetry, asked };
}

describe('the telemetry reader', () => {
  it('reads requests and tokens, 64-bit numbers as text included', async () => {
    const { telemetry, asked } = store([ROW]);
    expect(await telemetry.requests(WINDOW)).toEqual({
      requests: 1_001,
      errors: 1,
      errorRate: 1 / 1_001,
      firstArrivalMs: 1_000,
      lastArrivalMs: 21_000,
      requestsPerSecond: 50,
      latencyMsP50: 819,
      latencyMsP95: 1_604,
      latencyMsP99: 2_059,
      inputTokensMean: 340,
      cachedTokensMean: 0,
      outputTokensMean: 12,
      outputTokensP50: 11,
      outputTokensP95: 20,
      outputTokensP99: 25,
      requestBytesMean: null,
      responseBytesMean: null,
    });
    expect(asked[0]?.parameters).toEqual({
      customer_id: 'cus_1',
      deployment: 'vllm-prod-1',
      from_ms: 1_000,
      to_ms: 61_000,
    });
  });

  it('reads sizes on the wire where they were counted, and no zero where they were not', async () => {
    const counted = { ...ROW, request_bytes_mean: 3_001_860, response_bytes_mean: 548 };
    expect(await store([counted]).telemetry.requests(WINDOW)).toMatchObject({
      requestBytesMean: 3_001_860,
      responseBytesMean: 548,
    });
    const uncounted = { ...ROW, request_bytes_mean: null, response_bytes_mean: null };
    expect(await store([uncounted]).telemetry.requests(WINDOW)).toMatchObject({ requestBytesMean: null });
  });

  it('passes values as parameters only', async () => {
    const { telemetry, asked } = store([ROW]);
    await telemetry.requests({ ...WINDOW, customerId: "x' OR 1=1 --" });
    expect(asked[0]?.query).not.toContain('OR 1=1');
    expect(asked[0]?.parameters['customer_id']).toBe("x' OR 1=1 --");
  });

  it.each([
    ['no request', { requests: 0, errors: 0, p50: null, p95: null, p99: null }],
    ['no success', { requests: 5, errors: 5 }],
    ['no time between first and last', { requests: 1, errors: 0, last_ms: 1_000 }],
  ])('reads nothing from %s', async (_what, changes) => {
    expect(await store([{ ...ROW, ...changes }]).telemetry.requests(WINDOW)).toBeNull();
  });

  it('reads a breakdown by instance or lifecycle', async () => {
    const { telemetry, asked } = store([
      { ...ROW, key: 'spot' },
      { ...ROW, key: 'on_demand', requests: 5, errors: 5 },
    ]);
    const byLifecycle = await telemetry.requestsBy(WINDOW, 'lifecycle');
    expect([...byLifecycle.keys()]).toEqual(['spot']);
    expect(asked[0]?.query).toContain('lifecycle');
  });

  it('reads quality, or nothing from too few scores', async () => {
    const enough = store([{ samples: '400', mean: 0.93, deviation: 0.06 }]);
    expect(await enough.telemetry.quality(WINDOW)).toEqual({
      sampleSize: 400,
      mean: 0.93,
      standardDeviation: 0.06,
    });
    expect(await store([{ samples: 1, mean: 0.9, deviation: null }]).telemetry.quality(WINDOW)).toBeNull();
  });

  it('reads iterations, demand and GPUs, or nothing', async () => {
    const iterations = store([{ prefill_tokens: 340, decoding_requests: 0, duration_ms: 52.8 }]);
    expect(await iterations.telemetry.iterations(WINDOW, ['i-1'], 100)).toEqual([
      { prefillTokens: 340, decodingRequests: 0, durationMs: 52.8 },
    ]);
    expect(iterations.asked[0]?.parameters).toMatchObject({ instance_ids: ['i-1'], limit: 100 });
    const demand = store([{ minutes: 10, requests: 27_000, rate_p95: 46.3 }]);
    expect(await demand.telemetry.demand(WINDOW)).toEqual({
      minutes: 10,
      requests: 27_000,
      requestsPerSecondP95: 46.3,
    });
    expect(await store([{ minutes: 0, requests: 0, rate_p95: null }]).telemetry.demand(WINDOW)).toBeNull();
    const gpu = store([{ samples: 10, mean: 0.9, p95: 1, memory_mean: 0.8, first_ms: 5 }]);
    expect(await gpu.telemetry.gpu(WINDOW, ['i-1'])).toMatchObject({ samples: 10, utilizationMean: 0.9 });
    expect(
      await store([{ samples: 0, mean: null, p95: null, memory_mean: null, first_ms: 0 }]).telemetry.gpu(
        WINDOW,
        [],
      ),
    ).toBeNull();
  });

  it('says that the store answered in another shape', async () => {
    await expect(store([{ rows: 'none' }]).telemetry.requests(WINDOW)).rejects.toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE',
      message: 'the telemetry store answered in another shape',
    });
  });
});
