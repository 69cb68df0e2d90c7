import { describe, expect, it } from 'vitest';

import type { ValidationDraft } from '../../../../../src/contracts/api/orchestration.ts';
import { applicationAgent } from '../../../../../src/platform/agents/application/index.ts';
import { analyzeCost } from '../../../../../src/platform/agents/cost/analyze.ts';
import { fakeServices, recommendationOf, type FakeMeasurements } from '../fakes.ts';

const ANALYZE = {
  task_id: 'tsk_1',
  type: 'analyze',
  customer_id: 'cus_acme',
  analysis_id: 'anl_1',
  trigger: null,
} as const;

async function opinion(quality: FakeMeasurements['quality']): Promise<ValidationDraft> {
  const { recommendations } = await analyzeCost(fakeServices(), ANALYZE);
  const { validation } = await applicationAgent.handlers(fakeServices({ quality })).validate({
    task_id: 'tsk_2',
    type: 'validate',
    customer_id: 'cus_acme',
    recommendation: recommendationOf(recommendations[0]!),
  });
  return validation;
}

describe("the application agent's opinion", () => {
  it('approves with a baseline: mean, interval, deviation and sample size', async () => {
    const { verdict, baseline } = await opinion({ sampleSize: 400, mean: 0.93, standardDeviation: 0.06 });
    expect(verdict).toBe('approve');
    expect(baseline).toMatchObject({ mean_score: 0.93, standard_deviation: 0.06, sample_size: 400 });
    // t(399, 97.5 %) = 1.9659
    expect(baseline?.interval.low).toBeCloseTo(0.93 - (1.9659 * 0.06) / 20, 6);
    expect(baseline?.interval.high).toBeCloseTo(0.93 + (1.9659 * 0.06) / 20, 6);
  });

  it('cannot approve without scores', async () => {
    const { verdict, reasons, baseline } = await opinion(null);
    expect(verdict).toBe('veto');
    expect(reasons).toEqual(['no telemetry of vllm-prod-1 with a quality score']);
    expect(baseline).toBeNull();
  });

  it('establishes nothing from 182 scores, but from 183', async () => {
    const few = await opinion({ sampleSize: 182, mean: 0.95, standardDeviation: 0.05 });
    expect(few).toMatchObject({ verdict: 'veto', baseline: null });
    expect(few.reasons[0]).toContain('182 quality scores, 183 are needed');
    expect((await opinion({ sampleSize: 183, mean: 0.95, standardDeviation: 0.05 })).verdict).toBe('approve');
  });

  it('vetoes a change on top of a quality that is broken already', async () => {
    const { verdict, reasons, baseline } = await opinion({
      sampleSize: 5_000,
      mean: 0.85,
      standardDeviation: 0.06,
    });
    expect(verdict).toBe('veto');
    expect(reasons[0]).toContain('below the promised 0.9 already');
    expect(baseline?.sample_size).toBe(5_000);
  });

  it('puts a condition on a quality that is not surely good', async () => {
    const { verdict, condition } = await opinion({ sampleSize: 200, mean: 0.901, standardDeviation: 0.06 });
    expect(verdict).toBe('approve_with_condition');
    expect(condition).toContain('not surely above the promised 0.9');
  });
});
