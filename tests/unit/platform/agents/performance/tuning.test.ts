import { describe, expect, it } from 'vitest';

import type { EngineConfiguration } from '../../../../../src/contracts/api/customers.ts';
import type { CustomerContext, RecommendationDraft } from '../../../../../src/contracts/api/orchestration.ts';
import { learnOutcome } from '../../../../../src/platform/agents/cost/learn.ts';
import { analyzePerformance } from '../../../../../src/platform/agents/performance/analyze.ts';
import {
  acme,
  completedOptimization,
  fakeServices,
  memoryPatterns,
  node,
  recommendationOf,
  requestsSeen,
  type FakeMeasurements,
} from '../fakes.ts';
import { noisyIterations, P4D } from '../reference.ts';

const ANALYZE = {
  task_id: 'tsk_1',
  type: 'analyze',
  customer_id: 'cus_acme',
  analysis_id: 'anl_1',
  trigger: null,
} as const;

async function tuning(changes: Partial<FakeMeasurements> = {}, patterns = memoryPatterns()) {
  const { recommendations, findings } = await analyzePerformance(fakeServices(changes, patterns), ANALYZE);
  return { draft: recommendations[0] ?? null, said: findings.join('\n') };
}

async function drafted(changes: Partial<FakeMeasurements> = {}, patterns = memoryPatterns()) {
  const { draft, said } = await tuning(changes, patterns);
  if (draft?.plan.kind !== 'configuration_change') throw new Error(said);
  return { ...draft, plan: draft.plan, latency: latencyOf(draft), said };
}

function latencyOf({ forecast }: RecommendationDraft) {
  if (forecast.latency === null) throw new Error('no latency was predicted');
  return forecast.latency;
}

function acmeWith(engine: Partial<EngineConfiguration>, context = acme()): CustomerContext {
  return {
    ...context,
    deployments: context.deployments.map((deployment) => ({
      ...deployment,
      engine_configuration: { ...deployment.engine_configuration, ...engine },
    })),
  };
}

describe('tuning the reference fleet', () => {
  it('pages the cache, shares prefixes, chunks prefill and stores weights in FP8', async () => {
    const { plan, type, forecast, risk_level, confidence } = await drafted();
    expect(type).toBe('kv_cache_optimization');
    expect(plan.from).toEqual(acme().deployments[0]!.engine_configuration);
    expect(plan.to).toEqual({
      ...plan.from,
      kv_allocation: 'paged',
      prefix_caching: true,
      scheduler: 'chunked',
      quantization: 'fp8',
    });
    expect(plan.instance_ids).toEqual(['i-1', 'i-2', 'i-3', 'i-4']);
    expect(forecast.cost_after_usd_per_month).toBe(forecast.cost_before_usd_per_month);
    expect(forecast.savings_usd_per_month).toBe(0);
    expect(risk_level).toBe('medium');
    expect(confidence).toBeGreaterThan(0.5);
  });

  it('predicts the P95 of the acceptance table (case G, 510 ms) with an interval around it', async () => {
    const { latency } = await drafted();
    expect(Math.abs(latency.latency_ms_p95 / 510 - 1)).toBeLessThan(0.1);
    expect(latency.low_latency_ms_p95).toBeLessThan(510);
    expect(latency.high_latency_ms_p95).toBeGreaterThan(510);
    expect(latency.latency_ms_p95_measured).toBe(1_604);
    expect(Math.abs(latency.latency_ms_p95_now / 1_604 - 1)).toBeLessThan(0.05);
  });

  it('says what it could not measure and what the GPUs refuse', async () => {
    const { reasons, said } = await drafted();
    expect(said).toContain('fp8 arithmetic refused on p4d.24xlarge');
    expect(said).toContain('needs compute capability 8.9, it has 8.0');
    expect(reasons.join(' ')).toContain('50 % of the input is expected from published hit rates');
    expect(reasons.join(' ')).toContain('FP8 weights, BF16 arithmetic');
  });

  it('takes the published gain of FP8 arithmetic on GPUs that have it', async () => {
    const instances = [1, 2, 3, 4].map((number) => node(number, { instance_type: 'p5.48xlarge' }));
    const { said, forecast } = await drafted({ context: acme({ instances }) });
    expect(said).not.toContain('refused');
    expect(forecast.inputs['prefill_factor']).toBeCloseTo(1 / 1.6, 9);
  });

  it('only recommends weights where only weights are left to change', async () => {
    const engine = { kv_allocation: 'paged', prefix_caching: true, scheduler: 'chunked' } as const;
    const requests = requestsSeen({ cachedTokensMean: 170, latencyMsP95: 690 });
    const { plan, type, forecast } = await drafted({ context: acmeWith(engine), requests });
    expect(type).toBe('quantization');
    expect(plan.to).toEqual({ ...plan.from, quantization: 'fp8' });
    expect(forecast.inputs['prefix_share_low']).toBe(0.5);
  });
});

describe('quality while tuning', () => {
  it('leaves the weights alone while no answer was scored', async () => {
    const { plan, said } = await drafted({ quality: null });
    expect(plan.to.quantization).toBe('bf16');
    expect(said).toContain('fp8 refused: no scored answer tells');
  });

  it('leaves them alone where the promise has no margin for the published loss', async () => {
    const quality = { sampleSize: 27_000, mean: 0.912, standardDeviation: 0.06 };
    const { plan, said } = await drafted({ quality });
    expect(plan.to.quantization).toBe('bf16');
    expect(said).toContain('fp8 refused: quality 0.908 expected');
  });

  it('takes more loss only where the promise cannot be kept without', async () => {
    const strict = acme({ slo: { latency_ms_p95: 480, latency_ms_p99: 620 } });
    const { plan } = await drafted({ context: strict });
    expect(plan.to.quantization).toBe('int8');
    const loose = acme({ slo: { latency_ms_p95: 520, latency_ms_p99: 650 } });
    expect((await drafted({ context: loose })).plan.to.quantization).toBe('fp8');
  });
});

describe('GPUs nobody knows', () => {
  it('get what needs no knowledge of them, and no other weights', async () => {
    const instances = [1, 2, 3, 4].map((number) => node(number, { instance_type: 'x9.huge' }));
    const { plan, said } = await drafted({ context: acme({ instances }) });
    expect(plan.to).toMatchObject({ prefix_caching: true, scheduler: 'chunked', quantization: 'bf16' });
    expect(said).toContain('fp8 refused on x9.huge: its GPUs are not known');
  });
});

describe('no tuning is recommended', () => {
  it('where the engine is tuned already', async () => {
    const engine = {
      kv_allocation: 'paged',
      prefix_caching: true,
      scheduler: 'chunked',
      quantization: 'fp8',
    } as const;
    const constants = { ...P4D, weightPassMs: P4D.weightPassMs * 0.55 };
    const { draft, said } = await tuning({
      context: acmeWith(engine),
      requests: requestsSeen({ cachedTokensMean: 170, latencyMsP95: 510 }),
      iterations: noisyIterations(constants, 2_500, 3),
    });
    expect(draft).toBeNull();
    expect(said).toContain('no other configuration is worth it');
  });

  it('where only more loss would make a tuned engine faster, and nobody needs it to be', async () => {
    const tuned = {
      kv_allocation: 'paged',
      prefix_caching: true,
      scheduler: 'chunked',
      quantization: 'fp8',
    } as const;
    // 15 requests a second on four nodes: decoding is what takes the time, and lighter weights would shorten it by a fifth.
    const quiet = {
      requests: requestsSeen({ cachedTokensMean: 170, requestsPerSecond: 15, latencyMsP95: 465 }),
      iterations: noisyIterations({ ...P4D, weightPassMs: P4D.weightPassMs * 0.6 }, 2_500, 3),
    };
    const { draft, said } = await tuning({ context: acmeWith(tuned), ...quiet });
    expect(said).toContain('no other configuration is worth it');
    expect(draft).toBeNull();
    const strict = acme({ slo: { latency_ms_p95: 430 } });
    expect((await drafted({ context: acmeWith(tuned, strict), ...quiet })).plan.to.quantization).toBe(
      'w4a16',
    );
  });

  it.each<[string, Partial<FakeMeasurements>, string]>([
    ['telemetry', { requests: null }, 'no telemetry'],
    ['a model that fits', { requests: requestsSeen({ latencyMsP95: 500 }) }, 'does not describe'],
    [
      'nodes of one type',
      { context: acme({ instances: [node(1), node(2, { instance_type: 'p5.48xlarge' })] }) },
      'nodes of different types',
    ],
    [
      'the right to touch them',
      { context: acme({ preferences: { never_touch_tags: ['optiinfra:deployment'] } }) },
      'protected by never-touch tags',
    ],
  ])('without %s', async (_what, changes, why) => {
    const { draft, said } = await tuning(changes);
    expect(draft).toBeNull();
    expect(said).toContain(why);
  });
});

describe('learning from measured latency', () => {
  const measured = (id: string, p95: number) => {
    const optimization = completedOptimization(id, 0);
    return { ...optimization, result: { ...optimization.result!, measured: { latency_ms_p95_after: p95 } } };
  };
  async function learn(patterns: ReturnType<typeof memoryPatterns>, p95: number): Promise<number> {
    const draft = await drafted({}, patterns);
    await learnOutcome(fakeServices({}, patterns), {
      task_id: 'tsk_9',
      type: 'learn',
      customer_id: 'cus_acme',
      recommendation: recommendationOf(draft),
      optimization: measured('opt_1', p95),
    });
    return draft.latency.latency_ms_p95;
  }

  it('brings the second prediction nearer to what was measured', async () => {
    const patterns = memoryPatterns();
    const first = await learn(patterns, 600);
    const second = await drafted({}, patterns);
    expect(Math.abs(second.latency.latency_ms_p95 - 600)).toBeLessThan(Math.abs(first - 600) / 2);
    expect(second.forecast.patterns).toHaveLength(1);
    expect(second.reasons.join(' ')).toContain('1 similar outcome');
    expect(patterns.saved[0]?.payload).toMatchObject({ kind: 'configuration_change', ratio: null });
  });

  it('does not read a saving into a change that saves nothing', async () => {
    const patterns = memoryPatterns();
    await learn(patterns, 500);
    expect((await drafted({}, patterns)).forecast.savings_usd_per_month).toBe(0);
  });
});
