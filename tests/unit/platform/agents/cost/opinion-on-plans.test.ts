import { describe, expect, it } from 'vitest';

import type { ValidationDraft } from '../../../../../src/contracts/api/orchestration.ts';
import type { Recommendation } from '../../../../../src/contracts/api/recommendations.ts';
import { validateCost } from '../../../../../src/platform/agents/cost/opinion.ts';
import { fakeServices } from '../fakes.ts';
import { configurationPlan, recommending, replacementPlan, scaleInPlan } from '../plans.ts';

async function opinion(recommendation: Recommendation): Promise<ValidationDraft> {
  const { validation } = await validateCost(fakeServices(), {
    task_id: 'tsk_2',
    type: 'validate',
    customer_id: 'cus_acme',
    recommendation,
  });
  return validation;
}

describe("the cost agent's opinion on other agents' plans", () => {
  it('approves a configuration that promises no saving and vetoes one that does', async () => {
    const plan = configurationPlan({ scheduler: 'chunked' });
    expect((await opinion(recommending(plan, 'kv_cache_optimization'))).verdict).toBe('approve');
    const promising = await opinion(recommending(plan, 'kv_cache_optimization', 500));
    expect(promising).toMatchObject({
      verdict: 'veto',
      reasons: [expect.stringContaining('nothing is saved')],
    });
  });

  it('holds a scale-in to the prices of the nodes it retires', async () => {
    const plan = scaleInPlan(['i-4'], 'over_provisioned');
    expect((await opinion(recommending(plan, 'rightsizing', 30_000))).verdict).toBe('approve');
    expect((await opinion(recommending(plan, 'rightsizing', 60_000))).verdict).toBe('approve_with_condition');
    const unknown = await opinion(recommending(scaleInPlan(['i-9'], 'idle'), 'idle_shutdown', 1));
    expect(unknown.verdict).toBe('veto');
  });

  it('approves a replacement and says what it may cost', async () => {
    const inputs = { lost_usd_per_hour: 15, availability_share: 0.97 };
    const { verdict, figures } = await opinion(
      recommending(replacementPlan(), 'spot_replacement', 0, inputs),
    );
    expect(verdict).toBe('approve');
    expect(figures['highest_extra_cost_usd_per_month']).toBeCloseTo(30_000 - 15 * 730, 6);
  });
});
