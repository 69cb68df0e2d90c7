import { describe, expect, it } from 'vitest';

import type { RecommendationDraft } from '../../../../../src/contracts/api/orchestration.ts';
import { analyzeCost } from '../../../../../src/platform/agents/cost/analyze.ts';
import {
  acme,
  fakeServices,
  INTERRUPTIONS,
  node,
  quote,
  requestsSeen,
  type FakeMeasurements,
} from '../fakes.ts';
import { noisyIterations, P4D } from '../reference.ts';

const TASK = {
  task_id: 'tsk_1',
  type: 'analyze',
  customer_id: 'cus_acme',
  analysis_id: 'anl_1',
  trigger: null,
} as const;

async function analyze(changes: Partial<FakeMeasurements> = {}): ReturnType<typeof analyzeCost> {
  return analyzeCost(fakeServices(changes), TASK);
}
async function draft(changes: Partial<FakeMeasurements> = {}): Promise<RecommendationDraft> {
  const { recommendations, findings } = await analyze(changes);
  if (recommendations[0] === undefined) throw new Error(findings.join('\n'));
  return recommendations[0];
}
async function migration(changes: Partial<FakeMeasurements> = {}) {
  const { plan, ...rest } = await draft(changes);
  if (plan.kind !== 'spot_migration') throw new TypeError(plan.kind);
  return { plan, ...rest };
}
async function refusal(changes: Partial<FakeMeasurements>): Promise<string> {
  const { recommendations, findings } = await analyze(changes);
  expect(recommendations).toEqual([]);
  return findings.join('\n');
}

describe('the cost agent on the reference fleet', () => {
  it('keeps one node on demand and moves three to spot', async () => {
    const { plan, type, risk_level } = await draft();
    expect(type).toBe('spot_migration');
    expect(plan).toEqual({
      kind: 'spot_migration',
      deployment: 'vllm-prod-1',
      provider: 'aws',
      region: 'us-east-1',
      instance_type: 'p4d.24xlarge',
      replace_instance_ids: ['i-1', 'i-2', 'i-3'],
      keep_instance_ids: ['i-4'],
      spot_nodes: ['a', 'b', 'c'].map((letter) => ({ zone: `us-east-1${letter}`, usd_per_hour: 15 })),
      fallback_zones: ['us-east-1d', 'us-east-1a', 'us-east-1b', 'us-east-1c'],
      kept_on_demand_share: 0.25,
    });
    expect(risk_level).toBe('medium');
  });

  it('forecasts the reference saving with its range', async () => {
    const { forecast, confidence, reasons } = await draft();
    expect(forecast.cost_before_usd_per_month).toBeCloseTo(120_000, 6);
    expect(Math.round(forecast.cost_after_usd_per_month)).toBe(64_582);
    expect(Math.round(forecast.low_usd_per_month)).toBe(120_000 - 79_191);
    expect(forecast.high_usd_per_month).toBe(forecast.savings_usd_per_month);
    expect(forecast.raw_savings_usd_per_month).toBe(forecast.savings_usd_per_month);
    expect(forecast.patterns).toEqual([]);
    expect(confidence).toBeCloseTo(0.55 * (1 - 14_609 / 55_418) + 0.35, 2);
    expect(reasons.join(' ')).toContain('with one spot node missing');
  });

  it('publishes every number it used, all of them finite', async () => {
    const { inputs } = (await draft()).forecast;
    expect(Object.values(inputs).every(Number.isFinite)).toBe(true);
    expect(inputs).toMatchObject({
      nodes_count: 4,
      spot_nodes_count: 3,
      spot_usd_per_hour: 15,
      availability_share: 0.97,
      cold_start_seconds: 600,
      requests_count: 27_000,
      iterations_count: 2_500,
    });
    expect(inputs['predicted_latency_ms_p95_one_node_missing']).toBeGreaterThan(2_700);
    expect(inputs['predicted_latency_ms_p95_one_node_missing']).toBeLessThan(3_600);
  });

  it('prefers cheap zones, spreads over them and flags an outlier', async () => {
    const spot = [
      { zone: 'z1', usd_per_hour: 14.7 },
      { zone: 'z2', usd_per_hour: 4.6 },
      { zone: 'z3', usd_per_hour: 40 },
      { zone: 'z4', usd_per_hour: 15.3 },
    ];
    const { plan, forecast, reasons } = await migration({ quote: quote({ spot }) });
    expect(plan.spot_nodes.map(({ zone }) => zone)).toEqual(['z2', 'z1', 'z4']);
    expect(plan.fallback_zones).not.toContain('z3');
    expect(forecast.inputs['spot_usd_per_hour']).toBeCloseTo((14.7 + 4.6 + 15.3) / 3, 9);
    expect(reasons.join(' ')).toContain('The price of z2, $4.60/h, is far below');
  });

  it('rates a market that interrupts daily as high risk', async () => {
    const [, traced] = INTERRUPTIONS.presets;
    const interruptions = { ...INTERRUPTIONS, current: traced! };
    expect((await draft({ interruptions })).risk_level).toBe('high');
  });

  it('moves all nodes, at high risk, only when the customer keeps none on demand', async () => {
    const { plan, risk_level } = await migration({
      context: acme({ preferences: { minimum_on_demand_share: 0 } }),
    });
    expect(plan.spot_nodes).toHaveLength(4);
    expect(plan.keep_instance_ids).toEqual([]);
    expect(risk_level).toBe('high');
  });

  it('keeps protected nodes and moves the others', async () => {
    const instances = [node(1, { tags: { team: 'core' } }), node(2), node(3), node(4)];
    const context = acme({ instances, preferences: { never_touch_tags: ['team=core'] } });
    const { plan } = await migration({ context });
    expect(plan.keep_instance_ids).toEqual(['i-1']);
    expect(plan.replace_instance_ids).toEqual(['i-2', 'i-3', 'i-4']);
  });
});

describe('the cost agent recommends nothing', () => {
  it('when the promise with one node missing is strict', async () => {
    const said = await refusal({ context: acme({ slo: { latency_ms_p95_degraded: 2_500 } }) });
    expect(said).toMatch(
      /3 on spot rejected: latency P95 with one node missing: 3,\d{3} ms predicted, 2,500 ms/,
    );
  });

  it('when the promise in normal state would not hold', async () => {
    expect(await refusal({ context: acme({ slo: { latency_ms_p99: 1_000 } }) })).toContain('latency P99');
  });

  it('without telemetry', async () => {
    expect(await refusal({ requests: null })).toBe('no telemetry of vllm-prod-1 in the last 30 minutes');
  });

  it('from telemetry that is old', async () => {
    const requests = requestsSeen({ lastArrivalMs: requestsSeen().lastArrivalMs - 10 * 60_000 });
    expect(await refusal({ requests })).toBe('no telemetry of vllm-prod-1 since 10 minutes');
  });

  it('from too few requests', async () => {
    expect(await refusal({ requests: requestsSeen({ requests: 1_999 }) })).toContain(
      '1999 requests, 2000 are needed',
    );
  });

  it('when the constants cannot be estimated', async () => {
    expect(await refusal({ iterations: noisyIterations(P4D, 20, 1) })).toContain(
      'the serving constants of vllm-prod-1 are unknown: 20 iteration samples, 200 are needed',
    );
  });

  it('when the latency model does not describe the fleet', async () => {
    expect(await refusal({ requests: requestsSeen({ latencyMsP95: 4_000 }) })).toContain(
      'the latency model does not describe this fleet',
    );
  });

  it('when spot costs as much as on demand', async () => {
    const spot = [{ zone: 'us-east-1a', usd_per_hour: 30_000 / 730 }];
    expect(await refusal({ quote: quote({ spot }) })).toContain('is not useful');
  });

  it('when the saving is eaten up', async () => {
    const spot = [{ zone: 'us-east-1a', usd_per_hour: 36.9 }];
    const current = { name: 'harsh', interruptions_per_node_hour: 2, availability: 0.3 } as const;
    expect(await refusal({ quote: quote({ spot }), interruptions: { ...INTERRUPTIONS, current } })).toContain(
      'it saves nothing',
    );
  });

  it('when never-touch tags hold every node', async () => {
    const context = acme({ preferences: { never_touch_tags: ['optiinfra:deployment'] } });
    expect(await refusal({ context })).toContain('4 on-demand nodes are protected by never-touch tags');
  });

  it('when rules exist and the tags of the nodes are unknown', async () => {
    const instances = [1, 2, 3, 4].map((number) => {
      const { tags: _unknown, ...rest } = node(number);
      return rest;
    });
    const context = acme({ instances, preferences: { never_touch_tags: ['team=core'] } });
    expect(await refusal({ context })).toContain('4 on-demand nodes are protected');
  });

  it('when the minimum on-demand share keeps every node', async () => {
    const context = acme({ preferences: { minimum_on_demand_share: 1 } });
    expect(await refusal({ context })).toContain('minimum on-demand share of 100 % keeps every node');
  });

  it('for a deployment on spot already', async () => {
    const instances = [1, 2, 3, 4].map((number) => node(number, { lifecycle: 'spot' }));
    expect(await refusal({ context: acme({ instances }) })).toContain('no node runs on demand');
  });

  it('for nodes of different types', async () => {
    const instances = [node(1), node(2), node(3), node(4, { instance_type: 'p5.48xlarge' })];
    expect(await refusal({ context: acme({ instances }) })).toContain('nodes of different types');
  });

  it('when nothing serves', async () => {
    const instances = [node(1, { ready: false })];
    expect(await refusal({ context: acme({ instances }) })).toBe('no instance of vllm-prod-1 is serving');
  });

  it('for a cloud that plans do not cover', async () => {
    const context = acme();
    const cloud = { ...context.cloud, provider: 'gcp' as const };
    const instances = context.instances.map((instance) => ({ ...instance, provider: 'gcp' as const }));
    const gcp = { ...context, cloud, clouds: [cloud], instances };
    expect(await refusal({ context: gcp })).toContain('aws only');
  });

  it('before anything was discovered', async () => {
    expect(await refusal({ context: { ...acme(), deployments: [] } })).toBe('no deployment is known yet');
  });
});
