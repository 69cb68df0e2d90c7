import { describe, expect, it } from 'vitest';

import { analyzeCost } from '../../../../../src/platform/agents/cost/analyze.ts';
import { validateCost } from '../../../../../src/platform/agents/cost/opinion.ts';
import { fakeServices, quote, recommendationOf } from '../fakes.ts';

async function opinionAt(usdPerHour: number): ReturnType<typeof validateCost> {
  const { recommendations } = await analyzeCost(fakeServices(), {
    task_id: 'tsk_1',
    type: 'analyze',
    customer_id: 'cus_acme',
    analysis_id: 'anl_1',
    trigger: null,
  });
  const spot = quote().spot.map((zone) => ({ ...zone, usd_per_hour: usdPerHour }));
  return validateCost(fakeServices({ quote: quote({ spot }) }), {
    task_id: 'tsk_2',
    type: 'validate',
    customer_id: 'cus_acme',
    recommendation: recommendationOf(recommendations[0]!),
  });
}

describe("the cost agent's opinion", () => {
  it('approves a saving that is still there', async () => {
    const { validation } = await opinionAt(15);
    expect(validation.verdict).toBe('approve');
    expect(validation.figures['savings_usd_per_month_at_current_prices']).toBeCloseTo(
      validation.figures['promised_savings_usd_per_month']!,
      6,
    );
  });

  it('puts a condition on a saving that shrank by more than a fifth', async () => {
    const { validation } = await opinionAt(25);
    expect(validation.verdict).toBe('approve_with_condition');
    expect(validation.condition).toContain('checked again');
  });

  it('vetoes a saving that is gone', async () => {
    expect((await opinionAt(42)).validation.verdict).toBe('veto');
  });
});
