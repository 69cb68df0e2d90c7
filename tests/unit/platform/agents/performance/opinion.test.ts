import { describe, expect, it } from 'vitest';

import type { ValidationDraft } from '../../../../../src/contracts/api/orchestration.ts';
import type { Recommendation } from '../../../../../src/contracts/api/recommendations.ts';
import { analyzeCost } from '../../../../../src/platform/agents/cost/analyze.ts';
import { analyzePerformance } from '../../../../../src/platform/agents/performance/analyze.ts';
import { validatePerformance } from '../../../../../src/platform/agents/performance/opinion/validate.ts';
import { acme, fakeServices, node, recommendationOf, requestsSeen, type FakeMeasurements } from '../fakes.ts';
import { noisyIterations, P4D } from '../reference.ts';

const ANALYZE = {
  task_id: 'tsk_1',
  type: 'analyze',
  customer_id: 'cus_acme',
  analysis_id: 'anl_1',
  trigger: null,
} as const;

async function recommendation(): Promise<Recommendation> {
  const { recommendations } = await analyzeCost(fakeServices(), ANALYZE);
  return recommendationOf(recommendations[0]!);
}

async function opinion(changes: Partial<FakeMeasurements> = {}): Promise<ValidationDraft> {
  const { validation } = await validatePerformance(fakeServices(changes), {
    task_id: 'tsk_2',
    type: 'validate',
    customer_id: 'cus_acme',
    recommendation: await recommendation(),
  });
  return validation;
}

describe("the performance agent's opinion", () => {
  it('approves the reference plan from its own prediction with one spot node missing', async () => {
    // Other samples than the cost agent saw: the opinion is an own one.
    const { verdict, figures, reasons } = await opinion({ iterations: noisyIterations(P4D, 2_500, 99) });
    expect(verdict).toBe('approve');
    expect(figures['predicted_latency_ms_p95_one_node_missing']).toBeGreaterThan(2_700);
    expect(figures['predicted_latency_ms_p95_one_node_missing']).toBeLessThan(3_500);
    expect(figures).toMatchObject({
      slo_latency_ms_p95_degraded: 3_600,
      requests_count: 27_000,
      iterations_count: 2_500,
      nodes_after_count: 4,
    });
    expect(Object.values(figures).every(Number.isFinite)).toBe(true);
    expect(reasons.join(' ')).toContain('with one node missing');
  });

  it('vetoes it for a customer with a stricter promise', async () => {
    const { verdict, reasons, figures } = await opinion({
      context: acme({ slo: { latency_ms_p95_degraded: 2_000 } }),
    });
    expect(verdict).toBe('veto');
    expect(reasons[0]).toMatch(/latency P95 with one node missing: 3,\d{3} ms predicted, 2,000 ms promised/);
    expect(figures['slo_latency_ms_p95_degraded']).toBe(2_000);
  });

  it('puts a condition on thin headroom', async () => {
    const predicted = (await opinion()).figures['predicted_latency_ms_p95_one_node_missing']!;
    const slo = { latency_ms_p95_degraded: predicted * 1.02 };
    const { verdict, condition } = await opinion({ context: acme({ slo }) });
    expect(verdict).toBe('approve_with_condition');
    expect(condition).toContain('2.0 % headroom');
  });

  it('vetoes a fleet that one missing node would overload', async () => {
    const requests = requestsSeen({ requestsPerSecond: 52, latencyMsP95: 2_100 });
    const { verdict, reasons, figures } = await opinion({
      requests,
      context: acme({ slo: { latency_ms_p95: 3_000 } }),
    });
    expect(verdict).toBe('veto');
    expect(reasons.join(' ')).toContain('one missing, are unstable');
    expect(figures).not.toHaveProperty('predicted_latency_ms_p95_one_node_missing');
  });

  it.each<[string, Partial<FakeMeasurements>, string]>([
    ['telemetry', { requests: null }, 'no telemetry of vllm-prod-1'],
    ['iteration samples', { iterations: [] }, '0 iteration samples'],
    ['the deployment', { context: { ...acme(), deployments: [] } }, 'no deployment vllm-prod-1'],
    ['serving nodes', { context: acme({ instances: [] }) }, 'no instance'],
    [
      'the replaced nodes',
      { context: acme({ instances: [node(7), node(8), node(9), node(10)] }) },
      'i-1, i-2, i-3',
    ],
    ['a model that fits', { requests: requestsSeen({ latencyMsP95: 500 }) }, 'does not describe'],
    ['a stable present', { requests: requestsSeen({ requestsPerSecond: 90 }) }, 'outside what'],
  ])('vetoes without %s', async (_what, changes, said) => {
    const { verdict, reasons } = await opinion(changes);
    expect(verdict).toBe('veto');
    expect(reasons.join(' ')).toContain(said);
  });
});

describe("the performance agent's analysis", () => {
  it('names prefill as the bottleneck of the reference fleet', async () => {
    const { findings } = await analyzePerformance(fakeServices(), ANALYZE);
    expect(findings.join('\n')).toContain('P95 1,604 ms is within the promised 2,000 ms');
    expect(findings.join('\n')).toContain('prefill is the bottleneck');
  });

  it('names decoding when few prompts arrive, and an SLO that is missed', async () => {
    const requests = requestsSeen({ requestsPerSecond: 8, latencyMsP95: 5_000 });
    const { findings } = await analyzePerformance(fakeServices({ requests }), ANALYZE);
    expect(findings.join('\n')).toContain('above the promised');
    expect(findings.join('\n')).toContain('decoding is the bottleneck');
  });

  it('says that there is no telemetry, and that nothing is known', async () => {
    const { findings } = await analyzePerformance(fakeServices({ requests: null }), ANALYZE);
    expect(findings).toEqual(['no telemetry of vllm-prod-1 in the last 30 minutes']);
    const context = { ...acme(), deployments: [] };
    expect((await analyzePerformance(fakeServices({ context }), ANALYZE)).findings).toEqual([
      'no deployment is known yet',
    ]);
  });
});
