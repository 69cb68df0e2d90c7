import type { OnboardRequest } from '../src/contracts/api/customers.ts';
import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { ONBOARDING_GCP } from '../src/contracts/scenarios/index.ts';
import { onboardingGcpGates } from '../src/assertions/scenarios/onboarding-gcp.ts';
import { phasesWith } from './phases/at.ts';
import { measureCost, measureService } from './phases/measures.ts';
import { onboardAndDiscover, signUp, tryOnboarding } from './phases/onboarding.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(onboardingGcpGates);

const HOME = { cloud_provider: 'gcp', region: 'us-central1' } as const;
const ACCOUNT = 'optiinfra@acme-prod-1.iam.gserviceaccount.com';

/** Service accounts that let nobody in; the gates name the field that each is refused for. */
const BAD: readonly OnboardRequest[] = [
  { ...HOME },
  { ...HOME, service_account: 'optiinfra' },
  { ...HOME, service_account: 'optiinfra@acme.example' },
  { ...HOME, service_account: 'optiinfra@x.iam.gserviceaccount.com' },
  { ...HOME, region: 'us-east-1', service_account: ACCOUNT },
  { ...HOME, service_account: ACCOUNT, iam_role_arn: 'arn:aws:iam::123456789012:role/OptiInfraRole' },
];

/** A customer on GCP gives a bad service account first, is told which field is wrong, and comes in with the good one. */
export async function onboardingGcp(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(ONBOARDING_GCP, input, async (run) => {
    const subject = await signUp(run, at('signup-and-login'), 'Acme Corp', 'gcp');
    await tryOnboarding(run, at('refuse-bad-service-account'), subject, BAD);
    await onboardAndDiscover(run, at, subject);
    await measureCost(run, at('verify-cost'), { subject, prefix: 'onboarded' });
    await measureService(run, at('validate-service'), { subject, prefix: 'onboarded' });
  });
}
