import { describe, expect, it } from 'vitest';

import type { Recommendation } from '../../../../../src/contracts/api/recommendations.ts';
import { analyzeCost } from '../../../../../src/platform/agents/cost/analyze.ts';
import { validateCost } from '../../../../../src/platform/agents/cost/opinion.ts';
import { analyzePerformance } from '../../../../../src/platform/agents/performance/analyze.ts';
import { negotiateHybrid } from '../../../../../src/platform/agents/performance/negotiation/negotiate.ts';
import { validatePerformance } from '../../../../../src/platform/agents/performance/opinion/validate.ts';
import { resourceAgent } from '../../../../../src/platform/agents/resource/index.ts';
import { acme, fakeServices, quote, recommendationOf, type FakeMeasurements } from '../fakes.ts';

const ANALYZE = {
  task_id: 'tsk_1',
  type: 'analyze',
  customer_id: 'cus_acme',
  analysis_id: 'anl_1',
  trigger: null,
} as const;

async function spotMigration(): Promise<Recommendation> {
  const { recommendations } = await analyzeCost(fakeServices(), ANALYZE);
  return recommendationOf(recommendations[0]!, 'rec_spot');
}
async function configuration(): Promise<Recommendation> {
  const { recommendations } = await analyzePerformance(fakeServices(), ANALYZE);
  return recommendationOf(recommendations[0]!, 'rec_tune');
}
async function negotiate(
  recommendations: readonly Recommendation[],
  changes: Partial<FakeMeasurements> = {},
) {
  return negotiateHybrid(fakeServices(changes), {
    task_id: 'tsk_2',
    type: 'negotiate',
    customer_id: 'cus_acme',
    recommendations,
  });
}
async function reference() {
  const { hybrid, reasons } = await negotiate([await spotMigration(), await configuration()]);
  if (hybrid === null) throw new Error(reasons.join('\n'));
  return hybrid;
}
async function refusal(
  recommendations: readonly Recommendation[],
  changes: Partial<FakeMeasurements> = {},
): Promise<string> {
  const { hybrid, reasons } = await negotiate(recommendations, changes);
  expect(hybrid).toBeNull();
  return reasons.join('\n');
}

describe('the hybrid of cost and performance', () => {
  it('tunes, moves two nodes to spot and retires one, at the reference cost', async () => {
    const { plan, forecast } = await reference();
    expect(plan.parts.map(({ kind }) => kind)).toEqual([
      'configuration_change',
      'spot_migration',
      'scale_in',
    ]);
    expect(plan.parts[1]).toMatchObject({
      replace_instance_ids: ['i-1', 'i-2'],
      keep_instance_ids: ['i-4', 'i-3'],
    });
    expect(plan.parts[2]).toMatchObject({ retire_instance_ids: ['i-3'], keep_instance_ids: ['i-4'] });
    expect(plan.recommendation_ids).toEqual(['rec_spot', 'rec_tune']);
    expect(Math.round(forecast.cost_after_usd_per_month)).toBe(53_059);
    expect(forecast.low_usd_per_month / 120_000).toBeGreaterThan(0.47);
    // Case G on three nodes: 543 ms.
    expect(Math.abs(forecast.latency!.latency_ms_p95 / 543 - 1)).toBeLessThan(0.1);
  });

  it('is approved by all who judge it', async () => {
    const hybrid = await reference();
    const recommendation: Recommendation = {
      ...(await spotMigration()),
      type: 'hybrid',
      plan: hybrid.plan,
      forecast: hybrid.forecast,
    };
    const task = { task_id: 'tsk_3', type: 'validate', customer_id: 'cus_acme', recommendation } as const;
    const opinions = await Promise.all([
      validateCost(fakeServices(), task),
      validatePerformance(fakeServices(), task),
      resourceAgent.handlers(fakeServices()).validate(task),
    ]);
    for (const { validation } of opinions) {
      expect(validation.verdict, validation.reasons.join('\n')).not.toBe('veto');
    }
    expect(opinions[0].validation.figures['savings_usd_per_month_at_current_prices']).toBeCloseTo(
      hybrid.forecast.raw_savings_usd_per_month,
      6,
    );
    expect(opinions[1].validation.figures['nodes_after_count']).toBe(3);
  });

  it('keeps more nodes for a stricter promise', async () => {
    const changes = { context: acme({ slo: { latency_ms_p95_degraded: 580 } }) };
    const { hybrid, reasons } = await negotiate([await spotMigration(), await configuration()], changes);
    expect(hybrid?.plan.parts.map(({ kind }) => kind)).toEqual(['configuration_change', 'spot_migration']);
    expect(reasons.join('\n')).toContain('1 on demand and 2 on spot rejected');
  });
});

describe('there is no hybrid', () => {
  it('when no fleet keeps the promise', async () => {
    const context = acme({ slo: { latency_ms_p95_degraded: 400 } });
    expect(await refusal([await spotMigration(), await configuration()], { context })).toContain(
      'no fleet keeps the promises',
    );
  });

  it('of two plans of one kind', async () => {
    const tune = await configuration();
    expect(await refusal([tune, { ...tune, id: 'rec_other' }])).toContain('2 plans of kind configuration');
  });

  it('over two deployments', async () => {
    const spot = await spotMigration();
    const plan = { ...spot.plan, deployment: 'vllm-prod-2' };
    expect(await refusal([await configuration(), { ...spot, plan }])).toContain('a hybrid is of one');
  });

  it('with a plan that has no part in one', async () => {
    const spot = await spotMigration();
    const plan = {
      kind: 'replacement',
      deployment: 'vllm-prod-1',
      provider: 'aws',
      region: 'us-east-1',
      instance_type: 'p4d.24xlarge',
      lost_instance_id: 'i-1',
      spot_zones: [],
      on_demand_zone: 'us-east-1a',
    } as const;
    expect(await refusal([spot, { ...spot, plan }])).toContain('a replacement has no part');
  });

  it('from a configuration that is no longer the present one', async () => {
    const tune = await configuration();
    if (tune.plan.kind !== 'configuration_change') throw new TypeError(tune.plan.kind);
    const plan = { ...tune.plan, from: { ...tune.plan.from, revision: 'older' } };
    expect(await refusal([await spotMigration(), { ...tune, plan }])).toContain('another configuration');
  });

  it('without useful spot', async () => {
    const said = await refusal([await spotMigration(), await configuration()], {
      quote: quote({ spot: [] }),
    });
    expect(said).toContain('no zone has useful spot');
  });

  it('without telemetry', async () => {
    const both = [await spotMigration(), await configuration()];
    expect(await refusal(both, { requests: null })).toContain('no telemetry');
  });
});
