import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { CUSTOMER_JOURNEY } from '../src/contracts/scenarios/index.ts';
import { customerJourneyGates } from '../src/assertions/scenarios/customer-journey.ts';
import { phasesWith } from './phases/at.ts';
import { onboardAndDiscover, signUp } from './phases/onboarding.ts';
import { approveInPortal, readDashboard, watchRollout } from './phases/portal.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(customerJourneyGates);

/** From the first signup to a saving that was measured, as the customer goes it. */
export async function customerJourney(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(CUSTOMER_JOURNEY, input, async (run) => {
    const subject = await signUp(run, at('signup-and-login'), 'Acme Corp');
    await onboardAndDiscover(run, at, subject);
    const { usdPerMonth } = await run.phase(
      'first-analyses',
      async (call) => {
        const cost = await call('probe').measureCost({ subject, prefix: 'before' });
        const seen = await call('longWait').analyseByAll({ subject });
        return {
          evidence: [...cost.evidence, ...seen.evidence],
          notes: seen.notes,
          output: cost.output,
        };
      },
      customerJourneyGates['first-analyses'],
    );
    const recommendationId = await readDashboard(run, at('dashboard'), subject);
    const chosen = { subject, recommendationId };
    const optimizationId = await approveInPortal(run, at('approve-highest-saving'), chosen);
    await watchRollout(run, at('watch-rollout'), { subject, optimizationId });
    await run.phase(
      'validate-outcome',
      async (call) => {
        const baseline = { monthlyCostUsd: usdPerMonth };
        const told = { subject, baseline, recommendationId, optimizationId };
        const saved = await call('probe').measureSavings(told);
        const beating = await call('probe').readHeartbeats({ subject });
        return {
          evidence: [...saved.evidence, ...beating.evidence],
          notes: [...saved.notes, ...beating.notes],
          output: saved.output,
        };
      },
      customerJourneyGates['validate-outcome'],
    );
  });
}
