import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RecommendationDraft } from '../../../../../src/contracts/api/orchestration.ts';
import type { Optimization } from '../../../../../src/contracts/api/recommendations.ts';
import { analyzeCost } from '../../../../../src/platform/agents/cost/analyze.ts';
import { learnOutcome } from '../../../../../src/platform/agents/cost/learn.ts';
import type { AgentServices } from '../../../../../src/platform/agents/kit/services.ts';
import {
  completedOptimization,
  fakeServices,
  INTERRUPTIONS,
  memoryPatterns,
  quote,
  recommendationOf,
  requestsSeen,
  type FakeMeasurements,
} from '../fakes.ts';

const TASK = {
  task_id: 'tsk_1',
  type: 'analyze',
  customer_id: 'cus_acme',
  analysis_id: 'anl_1',
  trigger: null,
} as const;

async function forecast(
  patterns: AgentServices['patterns'],
  changes: Partial<FakeMeasurements> = {},
): Promise<RecommendationDraft> {
  const { recommendations, findings } = await analyzeCost(fakeServices(changes, patterns), TASK);
  if (recommendations[0] === undefined) throw new Error(findings.join('\n'));
  return recommendations[0];
}

async function learn(
  patterns: AgentServices['patterns'],
  draft: RecommendationDraft,
  optimization: Optimization,
  changes: Partial<FakeMeasurements> = {},
): ReturnType<typeof learnOutcome> {
  return learnOutcome(fakeServices(changes, patterns), {
    task_id: 'tsk_2',
    type: 'learn',
    customer_id: 'cus_acme',
    recommendation: recommendationOf(draft),
    optimization,
  });
}

describe('the learning loop', () => {
  it('gives the second customer like the first a smaller forecast error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.5, max: 1.5, noNaN: true }).filter((bias) => Math.abs(bias - 1) > 0.005),
        fc.double({ min: 0.99, max: 1.01, noNaN: true }),
        async (bias, twin) => {
          const patterns = memoryPatterns();
          const first = await forecast(patterns);
          const actual = first.forecast.savings_usd_per_month * bias;
          await learn(patterns, first, completedOptimization('opt_1', actual));
          const second = await forecast(patterns, {
            requests: requestsSeen({ requestsPerSecond: 45 * twin }),
          });
          expect(second.forecast.patterns).toHaveLength(1);
          const error = (predicted: number): number => Math.abs(predicted / actual - 1);
          expect(error(second.forecast.savings_usd_per_month)).toBeLessThan(
            error(first.forecast.savings_usd_per_month),
          );
          expect(second.forecast.raw_savings_usd_per_month).toBeCloseTo(
            first.forecast.raw_savings_usd_per_month,
            6,
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  it('says that and by what it corrected', async () => {
    const patterns = memoryPatterns();
    const first = await forecast(patterns);
    const { pattern_id, features } = await learn(patterns, first, completedOptimization('opt_1', 57_000));
    const second = await forecast(patterns);
    expect(second.forecast.patterns).toEqual([
      { pattern_id, similarity: 1, ratio: 57_000 / first.forecast.raw_savings_usd_per_month },
    ]);
    expect(features).toHaveLength(19);
    expect(second.reasons.join(' ')).toContain('1 similar outcome');
    expect(second.confidence).toBeGreaterThan(first.confidence);
  });

  it('ignores patterns of another situation', async () => {
    const patterns = memoryPatterns();
    const [, traced] = INTERRUPTIONS.presets;
    const elsewhere = { interruptions: { ...INTERRUPTIONS, current: traced! } };
    const far = await forecast(patterns, elsewhere);
    await learn(patterns, far, completedOptimization('opt_1', 10_000), elsewhere);
    const here = await forecast(patterns);
    expect(here.forecast.patterns).toEqual([]);
    expect(here.forecast.savings_usd_per_month).toBe(here.forecast.raw_savings_usd_per_month);
  });

  it('does not blame the model for a market that moved', async () => {
    const patterns = memoryPatterns();
    const first = await forecast(patterns);
    const moved = quote({ spot: quote().spot.map((zone) => ({ ...zone, usd_per_hour: 25 })) });
    const atMovedPrices = (await forecast(memoryPatterns(), { quote: moved })).forecast;
    const actual = atMovedPrices.raw_savings_usd_per_month;
    await learn(patterns, first, completedOptimization('opt_1', actual), { quote: moved });
    expect(patterns.saved[0]?.payload.ratio).toBeCloseTo(1, 9);
    const second = await forecast(patterns);
    expect(second.forecast.savings_usd_per_month).toBeCloseTo(first.forecast.savings_usd_per_month, 6);
  });

  it('keeps one pattern of one optimization, however often it is taught', async () => {
    const patterns = memoryPatterns();
    const first = await forecast(patterns);
    const once = await learn(patterns, first, completedOptimization('opt_1', 50_000));
    const twice = await learn(patterns, first, completedOptimization('opt_1', 50_000));
    expect(twice.pattern_id).toBe(once.pattern_id);
    expect(patterns.saved).toHaveLength(1);
  });

  it('keeps a failure as experience, without a ratio, and trusts the next forecast no more for it', async () => {
    const patterns = memoryPatterns();
    const first = await forecast(patterns);
    const rolledBack = {
      ...completedOptimization('opt_1', 0),
      status: 'rolled_back' as const,
      actual_savings: null,
    };
    await learn(patterns, first, rolledBack);
    expect(patterns.saved[0]?.payload).toMatchObject({
      ratio: null,
      succeeded: false,
      status: 'rolled_back',
    });
    const second = await forecast(patterns);
    expect(second.forecast.savings_usd_per_month).toBe(first.forecast.savings_usd_per_month);
    expect(second.confidence).toBe(first.confidence);
  });

  it('refuses to learn from a forecast that lacks a number', async () => {
    const patterns = memoryPatterns();
    const first = await forecast(patterns);
    const { demand_share: _gone, ...inputs } = first.forecast.inputs;
    const lacking = { ...first, forecast: { ...first.forecast, inputs } };
    await expect(learn(patterns, lacking, completedOptimization('opt_1', 1))).rejects.toThrow(
      'forecast.inputs.demand_share is missing',
    );
    expect(patterns.saved).toEqual([]);
  });
});
