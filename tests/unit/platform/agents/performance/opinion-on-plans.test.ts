import { describe, expect, it } from 'vitest';

import type { ValidationDraft } from '../../../../../src/contracts/api/orchestration.ts';
import type { OptimizationPlan } from '../../../../../src/contracts/api/recommendations.ts';
import { validatePerformance } from '../../../../../src/platform/agents/performance/opinion/validate.ts';
import { acme, fakeServices, node, requestsSeen, type FakeMeasurements } from '../fakes.ts';
import { configurationPlan, placementPlan, recommending, replacementPlan, scaleInPlan } from '../plans.ts';

async function opinion(
  plan: OptimizationPlan,
  changes: Partial<FakeMeasurements> = {},
): Promise<ValidationDraft> {
  const { validation } = await validatePerformance(fakeServices(changes), {
    task_id: 'tsk_2',
    type: 'validate',
    customer_id: 'cus_acme',
    recommendation: recommending(plan, 'rightsizing'),
  });
  return validation;
}

const PREFIX = { kv_allocation: 'paged', prefix_caching: true } as const;

describe("the performance agent's opinion on another configuration", () => {
  it('approves one that is faster, with how it runs on these GPUs', async () => {
    const { verdict, figures, reasons } = await opinion(
      configurationPlan({ ...PREFIX, quantization: 'fp8' }),
    );
    expect(verdict).toBe('approve');
    // Case E of the acceptance table.
    expect(Math.abs(figures['predicted_latency_ms_p95']! / 694 - 1)).toBeLessThan(0.1);
    expect(reasons.join(' ')).toContain('fp8 arithmetic refused on p4d.24xlarge');
  });

  it('vetoes what cannot run', async () => {
    const static_ = await opinion(configurationPlan({ prefix_caching: true }));
    expect(static_).toMatchObject({ verdict: 'veto', reasons: [expect.stringContaining('static KV')] });
    const parallel = await opinion(configurationPlan({ tensor_parallel_size: 4 }));
    expect(parallel).toMatchObject({ verdict: 'veto', reasons: [expect.stringContaining('parallel size')] });
  });

  it('vetoes one that would slow the fleet below its promise', async () => {
    const tuned = configurationPlan({});
    const slower = { ...tuned, from: tuned.to, to: { ...tuned.to, max_model_len: 4_096 } };
    const { verdict } = await opinion(slower, { context: acme({ slo: { latency_ms_p95: 1_500 } }) });
    expect(verdict).toBe('veto');
  });

  it('lets a fleet that misses its promise be tuned, on condition', async () => {
    const context = acme({ slo: { latency_ms_p95: 900, latency_ms_p99: 1_100 } });
    const { verdict, condition } = await opinion(configurationPlan(PREFIX), { context });
    expect(verdict).toBe('approve_with_condition');
    expect(condition).toContain('More has to follow');
  });

  it('vetoes one that starts from another state', async () => {
    const plan = configurationPlan(PREFIX);
    const { verdict, reasons } = await opinion({ ...plan, from: { ...plan.from, revision: 'old' } });
    expect(verdict).toBe('veto');
    expect(reasons.join(' ')).toContain('another configuration');
  });

  it('approves another revision or template without a forecast, on known nodes only', async () => {
    const plan = configurationPlan({ revision: 'good', chat_template: 'right' });
    expect((await opinion(plan, { requests: null })).verdict).toBe('approve');
    expect((await opinion({ ...plan, instance_ids: ['i-9'] })).verdict).toBe('veto');
  });
});

describe("the performance agent's opinion on other plans", () => {
  it('approves fewer nodes that keep the promise and vetoes too few', async () => {
    const light = { requests: requestsSeen({ requestsPerSecond: 20, latencyMsP95: 800 }) };
    expect((await opinion(scaleInPlan(['i-4'], 'over_provisioned'), light)).verdict).toBe('approve');
    expect((await opinion(scaleInPlan(['i-3', 'i-4'], 'over_provisioned'))).verdict).toBe('veto');
  });

  it('approves shutting down what nobody asks, and vetoes it while somebody does', async () => {
    const all = scaleInPlan(['i-1', 'i-2', 'i-3', 'i-4'], 'idle');
    expect((await opinion(all, { requests: null })).verdict).toBe('approve');
    const busy = await opinion(all);
    expect(busy).toMatchObject({ verdict: 'veto', reasons: [expect.stringContaining('27000 requests')] });
    const other = await opinion(scaleInPlan(['i-9'], 'idle'), { requests: null });
    expect(other.verdict).toBe('veto');
  });

  it('approves the same GPUs elsewhere and vetoes others', async () => {
    expect((await opinion(placementPlan('a2-highgpu-8g'))).verdict).toBe('approve');
    const other = await opinion(placementPlan('a3-highgpu-8g'));
    expect(other).toMatchObject({ verdict: 'veto', reasons: [expect.stringContaining('tells nothing')] });
  });

  it('judges a fleet over two clouds by its common GPUs, and none of different ones', async () => {
    const mixed = (instance_type: string) =>
      acme({ instances: [node(1), node(2), node(3), node(4, { provider: 'gcp', instance_type })] });
    const plan = configurationPlan({ scheduler: 'chunked' });
    expect((await opinion(plan, { context: mixed('a2-highgpu-8g') })).verdict).toBe('approve');
    expect((await opinion(plan, { context: mixed('a3-highgpu-8g') })).verdict).toBe('veto');
  });

  it('approves an equal node for a lost one, also without telemetry, and vetoes any other', async () => {
    expect((await opinion(replacementPlan(), { requests: null })).verdict).toBe('approve');
    expect((await opinion(replacementPlan({ lost_instance_id: 'i-9' }))).verdict).toBe('veto');
    expect((await opinion(replacementPlan({ instance_type: 'g5.12xlarge' }))).verdict).toBe('veto');
  });
});
