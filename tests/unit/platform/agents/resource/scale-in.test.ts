import { describe, expect, it } from 'vitest';

import type { OptimizationPlan } from '../../../../../src/contracts/api/recommendations.ts';
import { learnOutcome } from '../../../../../src/platform/agents/cost/learn.ts';
import { resourceAgent } from '../../../../../src/platform/agents/resource/index.ts';
import {
  acme,
  completedOptimization,
  fakeServices,
  memoryPatterns,
  node,
  NOW_WORLD_MS,
  recommendationOf,
  requestsSeen,
  type FakeMeasurements,
} from '../fakes.ts';
import { configurationPlan, recommending, replacementPlan, scaleInPlan } from '../plans.ts';

const HOUR_MS = 3_600_000;
const IDLE_GPU = {
  samples: 240,
  utilizationMean: 0.01,
  utilizationP95: 0.02,
  memoryUtilizationMean: 0.8,
  firstSampleMs: NOW_WORLD_MS - HOUR_MS,
};
const IDLE: Partial<FakeMeasurements> = { gpu: IDLE_GPU, requests: null, demand: null };
/** Eight nodes at the load of four nodes' half. */
const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => node(number));
const LIGHT: Partial<FakeMeasurements> = {
  context: acme({ instances: EIGHT }),
  requests: requestsSeen({ requestsPerSecond: 45, latencyMsP95: 800 }),
  demand: { minutes: 1_440, requests: 3_900_000, requestsPerSecondP95: 46 },
};

async function analyze(changes: Partial<FakeMeasurements>) {
  const { recommendations, findings } = await resourceAgent.handlers(fakeServices(changes)).analyze({
    task_id: 'tsk_1',
    type: 'analyze',
    customer_id: 'cus_acme',
    analysis_id: 'anl_1',
    trigger: null,
  });
  return { draft: recommendations[0] ?? null, said: findings.join('\n') };
}

describe('an idle deployment', () => {
  it('is to be shut down, all of it, for what its nodes cost', async () => {
    const { draft } = await analyze(IDLE);
    expect(draft).toMatchObject({ type: 'idle_shutdown', forecast: { latency: null } });
    expect(draft?.plan).toMatchObject({
      kind: 'scale_in',
      reason: 'idle',
      retire_instance_ids: ['i-1', 'i-2', 'i-3', 'i-4'],
      keep_instance_ids: [],
    });
    expect(draft?.forecast.savings_usd_per_month).toBeCloseTo(120_000, 6);
    expect(draft?.forecast.cost_after_usd_per_month).toBe(0);
  });

  it.each<[string, Partial<FakeMeasurements>, string]>([
    [
      'seen for less than an hour',
      { ...IDLE, gpu: { ...IDLE_GPU, firstSampleMs: NOW_WORLD_MS - HOUR_MS / 2 } },
      'its GPUs were seen for 30 minutes',
    ],
    [
      'started a minute ago',
      {
        ...IDLE,
        context: acme({
          instances: [node(1, { launched_at: new Date(NOW_WORLD_MS - 60_000).toISOString() })],
        }),
      },
      '1 node(s) have not run for an hour',
    ],
    [
      'protected by a tag',
      { ...IDLE, context: acme({ preferences: { never_touch_tags: ['optiinfra:deployment'] } }) },
      '4 node(s) are protected',
    ],
    ['busy', {}, 'no under-use'],
    ['with warm GPUs', { ...IDLE, gpu: { ...IDLE_GPU, utilizationMean: 0.06 } }, 'no telemetry'],
  ])('is not shut down when %s', async (_when, changes, why) => {
    const { draft, said } = await analyze(changes);
    expect(draft).toBeNull();
    expect(said).toContain(why);
  });
});

describe('an over-provisioned deployment', () => {
  it('loses half of its nodes when the promises hold on the rest, also with one missing', async () => {
    const { draft } = await analyze(LIGHT);
    expect(draft).toMatchObject({ type: 'rightsizing', risk_level: 'low' });
    expect(draft?.plan).toMatchObject({
      reason: 'over_provisioned',
      keep_instance_ids: ['i-1', 'i-2', 'i-3', 'i-4'],
      retire_instance_ids: ['i-8', 'i-7', 'i-6', 'i-5'],
    });
    expect(draft?.forecast.savings_usd_per_month).toBeCloseTo(120_000, 6);
    // Case A of the acceptance table: four nodes at 45 requests/s.
    expect(Math.abs(draft!.forecast.latency!.latency_ms_p95 / 1_604 - 1)).toBeLessThan(0.05);
    expect(draft!.confidence).toBeGreaterThan(0.8);
  });

  it('keeps as many as a stricter promise needs', async () => {
    const context = acme({ instances: EIGHT, slo: { latency_ms_p95_degraded: 1_500 } });
    const { draft } = await analyze({ ...LIGHT, context });
    expect(draft?.plan).toMatchObject({ kind: 'scale_in' });
    if (draft?.plan.kind !== 'scale_in') return;
    expect(draft.plan.keep_instance_ids.length).toBeGreaterThan(4);
  });

  it('is told with less confidence and more risk after less than a day', async () => {
    const day = await analyze(LIGHT);
    const short = await analyze({ ...LIGHT, demand: { ...LIGHT.demand!, minutes: 30 } });
    expect(short.draft?.risk_level).toBe('medium');
    expect(short.draft!.confidence).toBeLessThan(0.7 * day.draft!.confidence);
    expect(short.draft?.reasons.join(' ')).toContain('less than the day');
  });

  it('leaves protected nodes and the minimum on-demand share', async () => {
    const instances = EIGHT.map((one, index) =>
      index < 4 ? one : { ...one, lifecycle: 'spot' as const, usd_per_hour: 15 },
    );
    const context = acme({ instances, preferences: { minimum_on_demand_share: 0.5 } });
    const { draft } = await analyze({ ...LIGHT, context });
    if (draft?.plan.kind !== 'scale_in') throw new Error('no scale-in');
    expect(
      draft.plan.keep_instance_ids.filter((id) => ['i-1', 'i-2', 'i-3', 'i-4'].includes(id)),
    ).toHaveLength(2);
    const tagged = EIGHT.map((one) => ({ ...one, tags: { team: 'core' } }));
    const held = acme({ instances: tagged, preferences: { never_touch_tags: ['team=core'] } });
    expect((await analyze({ ...LIGHT, context: held })).said).toContain('hold the nodes');
  });

  it.each<[string, Partial<FakeMeasurements>, string]>([
    ['its demand is high', {}, 'no under-use'],
    ['nine minutes were seen', { ...LIGHT, demand: { ...LIGHT.demand!, minutes: 9 } }, 'are too few'],
    [
      'two nodes are all there is',
      {
        ...LIGHT,
        context: acme({ instances: [node(1), node(2)] }),
        requests: requestsSeen({ requestsPerSecond: 10, latencyMsP95: 800 }),
        demand: { minutes: 1_440, requests: 800_000, requestsPerSecondP95: 10 },
      },
      'the fewest',
    ],
    [
      'the model does not fit',
      { ...LIGHT, requests: requestsSeen({ requestsPerSecond: 45, latencyMsP95: 3_000 }) },
      'does not describe',
    ],
  ])('is left alone when %s', async (_when, changes, why) => {
    const { draft, said } = await analyze(changes);
    expect(draft).toBeNull();
    expect(said).toContain(why);
  });

  it('can be learned from', async () => {
    const { draft } = await analyze(LIGHT);
    const patterns = memoryPatterns();
    await learnOutcome(fakeServices(LIGHT, patterns), {
      task_id: 'tsk_2',
      type: 'learn',
      customer_id: 'cus_acme',
      recommendation: recommendationOf(draft!),
      optimization: completedOptimization('opt_1', 119_000),
    });
    expect(patterns.saved[0]?.payload.ratio).toBeCloseTo(119 / 120, 6);
  });
});

describe("the resource agent's opinion on other plans", () => {
  async function verdictOn(plan: OptimizationPlan, changes: Partial<FakeMeasurements> = {}) {
    const { validation } = await resourceAgent.handlers(fakeServices(changes)).validate({
      task_id: 'tsk_3',
      type: 'validate',
      customer_id: 'cus_acme',
      recommendation: recommending(plan, 'rightsizing'),
    });
    return validation.verdict;
  }

  it('approves what leaves the use of machines alone, without telemetry too', async () => {
    expect(await verdictOn(replacementPlan(), { gpu: null })).toBe('approve');
    expect(await verdictOn(configurationPlan({ revision: 'good' }), { gpu: null })).toBe('approve');
    expect(await verdictOn(configurationPlan({ scheduler: 'chunked' }), { gpu: null })).toBe('veto');
    expect(await verdictOn(configurationPlan({ scheduler: 'chunked' }))).toBe('approve');
  });

  it('approves the shutdown of what is idle and vetoes that of what is not', async () => {
    const all = scaleInPlan(['i-1', 'i-2', 'i-3', 'i-4'], 'idle');
    expect(await verdictOn(all, IDLE)).toBe('approve');
    expect(await verdictOn(all)).toBe('veto');
    expect(await verdictOn(configurationPlan({ scheduler: 'chunked' }), IDLE)).toBe('veto');
  });

  it('vetoes a scale-in that leaves too little', async () => {
    expect(await verdictOn(scaleInPlan(['i-3', 'i-4'], 'over_provisioned'))).toBe('veto');
  });
});
