import { describe, expect, it } from 'vitest';

import type { ValidationDraft } from '../../../../../src/contracts/api/orchestration.ts';
import { analyzeCost } from '../../../../../src/platform/agents/cost/analyze.ts';
import { resourceAgent } from '../../../../../src/platform/agents/resource/index.ts';
import {
  acme,
  fakeServices,
  node,
  NOW_WORLD_MS,
  recommendationOf,
  requestsSeen,
  type FakeMeasurements,
} from '../fakes.ts';

const ANALYZE = {
  task_id: 'tsk_1',
  type: 'analyze',
  customer_id: 'cus_acme',
  analysis_id: 'anl_1',
  trigger: null,
} as const;
const IDLE_GPU = {
  samples: 240,
  utilizationMean: 0.01,
  utilizationP95: 0.02,
  memoryUtilizationMean: 0.8,
  firstSampleMs: NOW_WORLD_MS - 3_600_000,
};
const A_DAY = { minutes: 1_440, requests: 3_000_000, requestsPerSecondP95: 20.5 };

async function opinion(changes: Partial<FakeMeasurements> = {}): Promise<ValidationDraft> {
  const { recommendations } = await analyzeCost(fakeServices(), ANALYZE);
  const { validation } = await resourceAgent.handlers(fakeServices(changes)).validate({
    task_id: 'tsk_2',
    type: 'validate',
    customer_id: 'cus_acme',
    recommendation: recommendationOf(recommendations[0]!),
  });
  return validation;
}

async function findings(changes: Partial<FakeMeasurements> = {}): Promise<string> {
  const result = await resourceAgent.handlers(fakeServices(changes)).analyze(ANALYZE);
  return result.findings.join('\n');
}

describe("the resource agent's opinion", () => {
  it('approves the reference plan by demand, not by the GPU reading alone', async () => {
    const { verdict, figures, reasons } = await opinion();
    expect(verdict).toBe('approve');
    expect(figures['peak_demand_share']).toBeCloseTo(0.44, 1);
    expect(figures['peak_demand_share_one_node_missing']).toBeCloseTo(0.59, 1);
    expect(figures).toMatchObject({ gpu_utilization_share_mean: 0.95, gpu_samples_count: 240 });
    expect(reasons.join(' ')).toContain('which is not load by itself');
  });

  it.each<[string, Partial<FakeMeasurements>, string]>([
    ['GPU samples', { gpu: null }, 'no telemetry of the GPUs'],
    ['requests', { requests: null }, 'no telemetry of vllm-prod-1'],
    ['demand', { demand: null }, 'no telemetry of the demand'],
    ['the deployment', { context: { ...acme(), deployments: [] } }, 'no deployment'],
  ])('vetoes without %s', async (_what, changes, said) => {
    const { verdict, reasons } = await opinion(changes);
    expect(verdict).toBe('veto');
    expect(reasons.join(' ')).toContain(said);
  });

  it('vetoes the migration of an idle deployment', async () => {
    const { verdict, reasons } = await opinion({ gpu: IDLE_GPU, requests: null });
    expect(verdict).toBe('veto');
    expect(reasons.join(' ')).toContain('shut it down instead');
  });

  it('does not call nodes idle that have not run for an hour', async () => {
    const launched_at = new Date(NOW_WORLD_MS - 60_000).toISOString();
    const context = acme({ instances: [1, 2, 3, 4].map((number) => node(number, { launched_at })) });
    const { reasons } = await opinion({ gpu: IDLE_GPU, requests: null, context });
    expect(reasons.join(' ')).toContain('4 node(s) have not run for an hour');
  });

  it('puts a condition on a tight peak and vetoes an overload', async () => {
    const at = (requestsPerSecondP95: number): Partial<FakeMeasurements> => ({
      demand: { minutes: 10, requests: 27_000, requestsPerSecondP95 },
    });
    expect((await opinion(at(63))).verdict).toBe('approve_with_condition');
    expect((await opinion(at(80))).verdict).toBe('veto');
  });

  it('vetoes a change that leaves a single node', async () => {
    const instances = [node(1), node(2), node(3)];
    const { recommendations } = await analyzeCost(fakeServices(), ANALYZE);
    const recommended = recommendationOf(recommendations[0]!);
    const { plan: whole } = recommended;
    if (whole.kind !== 'spot_migration') throw new TypeError(whole.kind);
    const plan = { ...whole, spot_nodes: whole.spot_nodes.slice(0, 1) };
    const requests = requestsSeen({ requestsPerSecond: 20 });
    const handlers = resourceAgent.handlers(fakeServices({ context: acme({ instances }), requests }));
    const { validation } = await handlers.validate({
      task_id: 'tsk_2',
      type: 'validate',
      customer_id: 'cus_acme',
      recommendation: { ...recommended, plan },
    });
    expect(validation).toMatchObject({
      verdict: 'veto',
      reasons: [expect.stringContaining('none would be left')],
    });
  });

  it('asks to right-size a fleet that was under-used for a day', async () => {
    const requests = requestsSeen({ requestsPerSecond: 20, latencyMsP95: 800 });
    const { verdict, condition } = await opinion({ requests, demand: A_DAY });
    expect(verdict).toBe('approve_with_condition');
    expect(condition).toContain('3 nodes would do');
  });

  it('claims no under-use from less than a day', async () => {
    const requests = requestsSeen({ requestsPerSecond: 20, latencyMsP95: 800 });
    expect((await opinion({ requests, demand: { ...A_DAY, minutes: 1_439 } })).verdict).toBe('approve');
  });
});

describe("the resource agent's analysis", () => {
  it('finds a busy, an idle and an under-used deployment', async () => {
    expect(await findings()).toMatch(/demand at the P95 minute is 4\d % of 4 nodes/);
    expect(await findings({ gpu: IDLE_GPU, requests: null })).toContain('idle, 4 nodes');
    const requests = requestsSeen({ requestsPerSecond: 20, latencyMsP95: 800 });
    expect(await findings({ requests, demand: A_DAY })).toContain('demand at the P95 minute is 20 %');
  });

  it('says what it does not know', async () => {
    expect(await findings({ gpu: null })).toContain('no telemetry of the GPUs');
    expect(await findings({ context: { ...acme(), deployments: [] } })).toBe('no deployment is known yet');
  });
});
