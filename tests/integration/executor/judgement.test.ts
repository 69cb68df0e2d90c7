import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import type { StageJudgement } from '../../../src/contracts/api/recommendations.ts';
import { createObservationActivities } from '../../../src/platform/executor/activities/observation.ts';
import type { RolloutDependencies } from '../../../src/platform/executor/activities/dependencies.ts';
import { createTelemetry, type Telemetry } from '../../../src/platform/executor/judgement/telemetry.ts';
import type { StageWindow } from '../../../src/platform/executor/contract.ts';
import { migrateClickHouse } from '../../../src/platform/orchestrator/clickhouse/migrate.ts';
import { randomStream, type RandomStream } from '../../../src/support/random.ts';
import { openFront, type Front } from '../fronts/front-process.ts';
import { order } from '../../workflow/executor/fake-rollout.ts';

const START_MS = Date.UTC(2026, 10, 22, 12);
const WINDOW_MS = 120_000;

let front: Front;
let clickhouse: ClickHouseClient;
let telemetry: Telemetry;

beforeAll(async () => {
  front = await openFront('clickhouse_front.py', 'CONFORMANCE_CLICKHOUSE_URL');
  clickhouse = createClient({ url: front.url });
  await migrateClickHouse(clickhouse);
  telemetry = createTelemetry(clickhouse);
});
afterAll(async () => {
  await clickhouse.close();
  await front[Symbol.asyncDispose]();
});

interface Arm {
  readonly requests: number;
  readonly slower?: number;
  readonly qualityDrop?: number;
  readonly errors?: number;
  readonly from?: number;
}
let customers = 0;
let customerId: string;
beforeEach(() => {
  customers += 1;
  customerId = `cus_${String(customers)}`;
});

/** Requests of one node, spread over the window, lognormal around 850 ms as on the reference fleet. */
async function serve(instanceId: string, arm: Arm, random: RandomStream): Promise<void> {
  const rows = Array.from({ length: arm.requests }, (_, index) => {
    const failed = index < (arm.errors ?? 0);
    return {
      customer_id: customerId,
      deployment: order.deployment,
      instance_id: instanceId,
      lifecycle: instanceId.startsWith('s') ? 'spot' : 'on_demand',
      request_id: `${instanceId}-${String(index)}`,
      arrived_at: (((arm.from ?? START_MS) + (index * WINDOW_MS) / arm.requests) / 1_000).toFixed(3),
      latency_ms: random.logNormal(850, 0.4) * (arm.slower ?? 1),
      status: failed ? 'error' : 'ok',
      quality_score: failed ? null : Math.min(1, 0.945 - (arm.qualityDrop ?? 0) + 0.05 * random.normal()),
    };
  });
  await clickhouse.insert({ table: 'optiinfra.inference_requests', format: 'JSONEachRow', values: rows });
}

/** Judges the window just after it ended; the clock stands a minute later. */
async function judgeWindow(
  proof?: { prior: number },
  interrupted: StageWindow['interrupted'] = [],
): Promise<StageJudgement> {
  const clock = {
    wallMs: () => START_MS,
    worldMs: () => START_MS + WINDOW_MS + 60_000,
    timeScale: 60,
    monotonicMs: () => 0,
    sleepWall: () => Promise.reject(new Error('the window has ended: nothing to wait for')),
    sleepWorld: () => Promise.resolve(),
  };
  const pulse = () => ({ beat: () => undefined, signal: new AbortController().signal });
  const activities = createObservationActivities({
    // The store holds the window whole; later traffic has arrived as well.
    telemetry: { ...telemetry, newestArrivalMs: async () => clock.worldMs() },
    clock,
    pulse,
  } as unknown as RolloutDependencies);
  const seen = await activities.observeStage({
    order: { ...order, customerId },
    window: {
      canary: { instanceIds: ['s1'], fromMs: START_MS, toMs: null },
      control: { instanceIds: ['a'], fromMs: START_MS, toMs: null },
      requirement: {
        requestsPerArm: 450,
        qualitySamplesPerArm: 183,
        proveErrorRate: proof !== undefined,
        mode: 'strict',
      },
      interrupted,
      watchIds: [],
      prior: { requests: proof?.prior ?? 0, errors: 0 },
      deadlineWorldMs: START_MS + 1,
    },
  });
  if (seen.kind !== 'judged') throw new Error('no node is watched here, so none can be lost');
  return seen.judgement;
}

async function stage(canary: Arm, control: Arm, seed = 7): Promise<StageJudgement> {
  if (canary.requests > 0) await serve('s1', canary, randomStream(seed, 'canary'));
  if (control.requests > 0) await serve('a', control, randomStream(seed, 'control'));
  return judgeWindow();
}

test('the newest arrival is the customer’s own, and nothing before the first', async () => {
  const of = { customerId, deployment: order.deployment };
  expect(await telemetry.newestArrivalMs(of)).toBeNull();
  await serve('b', { requests: 10 }, randomStream(1, 'others'));
  const newestMs = await telemetry.newestArrivalMs(of);
  expect(newestMs).toBeGreaterThanOrEqual(START_MS);
  expect(newestMs).toBeLessThan(START_MS + WINDOW_MS);
  expect(await telemetry.newestArrivalMs({ ...of, customerId: 'cus_other' })).toBeNull();
});

test('a canary like its control passes, with every figure of the window', async () => {
  await serve('b', { requests: 4_000 }, randomStream(1, 'others'));
  const judgement = await stage({ requests: 500 }, { requests: 500 });
  expect(judgement.verdict).toBe('passed');
  expect(judgement.canary).toMatchObject({ instance_ids: ['s1'], requests: 500, errors: 0 });
  expect(judgement.traffic_share).toBeCloseTo(0.1, 3);
  expect(judgement.latency_ratio).toBeCloseTo(1, 0);
  expect(judgement.canary.latency_ms_p99).toBeGreaterThan(judgement.canary.latency_ms_p95 ?? Infinity);
  expect(judgement.window_started_at).toBe('2026-11-22T12:00:00.000Z');
});

test('a slow canary fails on latency, and the test sees which arm is slow', async () => {
  const slow = await stage({ requests: 500, slower: 1.3 }, { requests: 500 });
  expect(slow.verdict).toBe('failed');
  expect(slow.reasons.join()).toContain('latency worse than control');
  expect(slow.latency_p_value).toBeLessThan(0.001);
});

test('a fast canary passes: the test is one-sided', async () => {
  const fast = await stage({ requests: 500, slower: 0.7 }, { requests: 500 });
  expect(fast.verdict).toBe('passed');
  expect(fast.latency_p_value).toBeGreaterThan(0.99);
});

test('a canary with worse answers fails on quality', async () => {
  const judgement = await stage({ requests: 500, qualityDrop: 0.1 }, { requests: 500 });
  expect(judgement.verdict).toBe('failed');
  expect(judgement.reasons.join()).toContain('quality fell');
  expect(judgement.quality_drop).toBeGreaterThan(0.08);
});

test('a canary with errors fails on them', async () => {
  const judgement = await stage({ requests: 500, errors: 15 }, { requests: 500 });
  expect(judgement.verdict).toBe('failed');
  expect(judgement.reasons.join()).toContain('errors worse than control');
});

test.each([
  ['too few requests', { requests: 100 }, { requests: 500 }],
  ['no control', { requests: 500 }, { requests: 0 }],
  ['no canary', { requests: 0 }, { requests: 500 }],
  ['no traffic at all', { requests: 0 }, { requests: 0 }],
])('%s is inconclusive', async (_name, canary, control) => {
  expect((await stage(canary, control)).verdict).toBe('inconclusive');
});

test('requests outside the window, or of another customer, do not count', async () => {
  await serve('s1', { requests: 500, from: START_MS - 3_600_000 }, randomStream(2, 'early'));
  const mine = customerId;
  customerId = 'cus_other';
  await serve('s1', { requests: 500 }, randomStream(3, 'other'));
  customerId = mine;
  const judgement = await stage({ requests: 0 }, { requests: 500 });
  expect(judgement.canary.requests).toBe(0);
  expect(judgement.latency_p_value).toBeNull();
});

test('the error rate is proven only with the windows before it', async () => {
  await serve('s1', { requests: 500 }, randomStream(5, 'canary'));
  await serve('a', { requests: 500 }, randomStream(5, 'control'));
  expect((await judgeWindow({ prior: 0 })).verdict).toBe('inconclusive');
  const proven = await judgeWindow({ prior: 2_495 });
  expect(proven.verdict).toBe('passed');
  expect(proven.error_rate_upper).toBeLessThanOrEqual(0.001);
});

test('a hostile deployment name is only a name', async () => {
  const traffic = await telemetry.traffic({
    customerId,
    deployment: "x' OR 1=1 --",
    fromMs: START_MS,
    toMs: START_MS + WINDOW_MS,
  });
  expect(traffic).toEqual({
    requestsByInstance: {},
    errorsByInstance: {},
    scoredRequests: 0,
    meanQuality: null,
    latencyMs: null,
  });
});

test('traffic by instance with its mean quality', async () => {
  await serve('a', { requests: 30 }, randomStream(1, 'a'));
  await serve('b', { requests: 10, errors: 2 }, randomStream(1, 'b'));
  const traffic = await telemetry.traffic({
    customerId,
    deployment: order.deployment,
    fromMs: START_MS,
    toMs: START_MS + WINDOW_MS,
  });
  expect(traffic.requestsByInstance).toEqual({ a: 30, b: 10 });
  expect(traffic.scoredRequests).toBe(38);
  expect(traffic.meanQuality).toBeCloseTo(0.945, 1);
});

test('no store is an error that says so, never an empty sample', async () => {
  const nowhere = createClient({ url: 'http://127.0.0.1:9', request_timeout: 1_000 });
  const blind = createTelemetry(nowhere);
  await expect(
    blind.traffic({ customerId, deployment: order.deployment, fromMs: 0, toMs: 1 }),
  ).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
  await nowhere.close();
});

test('what a lost node failed before its window was broken off counts against the promise', async () => {
  const before = { from: START_MS - WINDOW_MS, requests: 500, errors: 40 };
  await serve('s0', before, randomStream(3, 'lost'));
  const broken = [{ instanceIds: ['s0'], fromMs: START_MS - WINDOW_MS, toMs: START_MS }];
  await serve('s1', { requests: 600 }, randomStream(7, 'canary'));
  await serve('a', { requests: 600 }, randomStream(7, 'control'));
  expect((await judgeWindow({ prior: 4_000 })).verdict).toBe('passed');
  const judgement = await judgeWindow({ prior: 4_000 }, broken);
  expect(judgement.verdict).toBe('failed');
  expect(judgement.reasons.join()).toContain('40 errors in 5100 requests');
});
