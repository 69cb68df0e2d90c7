import type { OnboardRequest } from '../src/contracts/api/customers.ts';
import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { ONBOARDING_AWS } from '../src/contracts/scenarios/index.ts';
import { onboardingAwsGates } from '../src/assertions/scenarios/onboarding-aws.ts';
import { phasesWith } from './phases/at.ts';
import { onboardAndDiscover, signUp, tryOnboarding } from './phases/onboarding.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(onboardingAwsGates);

const HOME = { cloud_provider: 'aws', region: 'us-east-1' } as const;
const ROLE = 'arn:aws:iam::123456789012:role/OptiInfraRole';

/** Roles that let nobody in; the gates name the field that each is refused for. */
const BAD: readonly OnboardRequest[] = [
  { ...HOME },
  { ...HOME, iam_role_arn: 'OptiInfraRole' },
  { ...HOME, iam_role_arn: 'arn:aws:iam::123:role/OptiInfraRole' },
  { ...HOME, iam_role_arn: 'arn:aws:iam::123456789012:user/somebody' },
  { ...HOME, region: 'us-central1', iam_role_arn: ROLE },
  { ...HOME, iam_role_arn: ROLE, service_account: 'optiinfra@acme-prod-1.iam.gserviceaccount.com' },
];

/** A customer gives a bad role first, is told which field is wrong, and comes in with the good one. */
export async function onboardingAws(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(ONBOARDING_AWS, input, async (run) => {
    const subject = await signUp(run, at('signup-and-login'), 'Acme Corp');
    await tryOnboarding(run, at('refuse-bad-role'), subject, BAD);
    await onboardAndDiscover(run, at, subject);
  });
}
