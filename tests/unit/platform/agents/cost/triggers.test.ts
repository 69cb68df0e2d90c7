import { describe, expect, it } from 'vitest';

import type { AnalysisTrigger } from '../../../../../src/contracts/api/orchestration.ts';
import { analyzeCost } from '../../../../../src/platform/agents/cost/analyze.ts';
import { learnOutcome } from '../../../../../src/platform/agents/cost/learn.ts';
import {
  acme,
  completedOptimization,
  fakeServices,
  memoryPatterns,
  node,
  quote,
  recommendationOf,
  requestsSeen,
  type FakeMeasurements,
} from '../fakes.ts';

const spot = (number: number, zone: string) => node(number, { lifecycle: 'spot', usd_per_hour: 15, zone });
const MIXED = acme({
  instances: [node(1), spot(2, 'us-east-1a'), spot(3, 'us-east-1b'), spot(4, 'us-east-1c')],
});

async function analyze(trigger: AnalysisTrigger, changes: Partial<FakeMeasurements> = {}) {
  const { recommendations, findings } = await analyzeCost(fakeServices({ context: MIXED, ...changes }), {
    task_id: 'tsk_1',
    type: 'analyze',
    customer_id: 'cus_acme',
    analysis_id: 'anl_1',
    trigger,
  });
  return { draft: recommendations[0] ?? null, said: findings.join('\n') };
}

describe('an interruption', () => {
  const lost = (instance_id: string): AnalysisTrigger => ({ kind: 'interruption', instance_id });

  it('gives a replacement that tries other pools first and the one that is taken last', async () => {
    const { draft } = await analyze(lost('i-2'), { requests: null });
    expect(draft).toMatchObject({ type: 'spot_replacement', risk_level: 'low', confidence: 0.97 });
    expect(draft?.plan).toEqual({
      kind: 'replacement',
      deployment: 'vllm-prod-1',
      provider: 'aws',
      region: 'us-east-1',
      instance_type: 'p4d.24xlarge',
      lost_instance_id: 'i-2',
      spot_zones: ['us-east-1b', 'us-east-1c', 'us-east-1d', 'us-east-1a'],
      on_demand_zone: 'us-east-1a',
    });
    const { forecast } = draft!;
    expect(forecast.savings_usd_per_month).toBeCloseTo(-(30_000 - 15 * 730) * 0.03, 6);
    expect(forecast.low_usd_per_month).toBeCloseTo(15 * 730 - 30_000, 6);
    expect(forecast.high_usd_per_month).toBeCloseTo(0, 6);
  });

  it('goes on demand where no spot is useful', async () => {
    const { draft } = await analyze(lost('i-2'), { quote: quote({ spot: [] }) });
    expect(draft?.plan).toMatchObject({ spot_zones: [], on_demand_zone: 'us-east-1a' });
    expect(draft?.confidence).toBe(1);
  });

  it.each([
    ['i-9', 'is not known'],
    ['i-1', 'is no spot node'],
  ])('of %s replaces nothing', async (id, why) => {
    const { draft, said } = await analyze(lost(id));
    expect(draft).toBeNull();
    expect(said).toContain(why);
  });

  it('of a node that serves nothing replaces nothing', async () => {
    const context = acme({ instances: [node(1), { ...spot(2, 'us-east-1a'), deployment: null }] });
    expect((await analyze(lost('i-2'), { context })).said).toContain('serves no deployment');
  });

  it('can be learned from, like every plan', async () => {
    const { draft } = await analyze(lost('i-2'));
    const patterns = memoryPatterns();
    const { features } = await learnOutcome(fakeServices({ context: MIXED }, patterns), {
      task_id: 'tsk_2',
      type: 'learn',
      customer_id: 'cus_acme',
      recommendation: recommendationOf(draft!),
      optimization: completedOptimization('opt_1', 0),
    });
    expect(features.every(Number.isFinite)).toBe(true);
    expect(patterns.saved[0]?.payload.kind).toBe('replacement');
  });
});

describe('fallback nodes', () => {
  const trigger: AnalysisTrigger = { kind: 'fallback_nodes', instance_ids: ['i-3'] };
  const fallback = acme({
    instances: [node(1), spot(2, 'us-east-1a'), node(3), spot(4, 'us-east-1c')],
  });

  it('return to spot alone', async () => {
    const { draft } = await analyze(trigger, { context: fallback });
    expect(draft?.type).toBe('return_to_spot');
    expect(draft?.plan).toMatchObject({
      kind: 'spot_migration',
      replace_instance_ids: ['i-3'],
      keep_instance_ids: ['i-1'],
      spot_nodes: [{ zone: 'us-east-1a', usd_per_hour: 15 }],
    });
    expect(draft!.forecast.savings_usd_per_month).toBeGreaterThan(18_000);
  });

  it('stay where spot is not useful again', async () => {
    const dear = quote({ spot: quote().spot.map((zone) => ({ ...zone, usd_per_hour: 40 })) });
    const { draft, said } = await analyze(trigger, { context: fallback, quote: dear });
    expect(draft).toBeNull();
    expect(said).toContain('not useful');
  });

  it('stay when the minimum on-demand share needs them, or nobody knows them, or nothing was measured', async () => {
    const held = acme({ instances: fallback.instances, preferences: { minimum_on_demand_share: 0.5 } });
    expect((await analyze(trigger, { context: held })).said).toContain(
      'none of its fallback nodes may leave',
    );
    const unknown = await analyze({ kind: 'fallback_nodes', instance_ids: ['i-9'] });
    expect(unknown.said).toContain('no deployment has the nodes i-9');
    const unmeasured = await analyze(trigger, { context: fallback, requests: null });
    expect(unmeasured.draft).toBeNull();
    const misfit = await analyze(trigger, {
      context: fallback,
      requests: requestsSeen({ latencyMsP95: 500 }),
    });
    expect(misfit.said).toContain('does not describe');
  });
});

it('another configuration is none of the cost agent', async () => {
  const { engine_configuration: from } = MIXED.deployments[0]!;
  const { draft, said } = await analyze({
    kind: 'configuration_changed',
    deployment: 'vllm-prod-1',
    from,
    to: from,
  });
  expect(draft).toBeNull();
  expect(said).toContain('changes no price');
});
