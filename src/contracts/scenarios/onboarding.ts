import { ONCE, phasesOf, type PhaseRow, type ScenarioDefinition } from './definition.ts';

const SIGN_UP: PhaseRow = ['signup-and-login', 'Signing up and logging in', 30, ONCE.signup];
/** From an account to a discovered fleet. */
const ONBOARDED: readonly PhaseRow[] = [
  ['onboard-cloud', 'Giving access to the cloud', 30, ONCE.onboarding],
  ['install-command', 'Reading the install command', 10],
  ['connect-runtime', 'Connecting the agent-runtime', 60, ONCE.onboarding],
  ['await-discovery', 'Waiting for discovery', 120, ONCE.onboarding],
];

export const CUSTOMER_JOURNEY: ScenarioDefinition = {
  name: 'customer-journey',
  title: 'Customer journey',
  workflowType: 'customerJourney',
  tags: ['e2e', 'journey'],
  description:
    'A new customer signs up, gives access, connects its runtime, is analysed by all four agents, reads the dashboard in the portal, approves the highest saving there and gets it.',
  phases: phasesOf(
    SIGN_UP,
    ...ONBOARDED,
    ['first-analyses', 'First analyses by all agents', 180],
    ['dashboard', 'Reading the dashboard in the portal', 30],
    ['approve-highest-saving', 'Approving the highest saving in the portal', 30, ONCE.approval],
    ['watch-rollout', 'Watching the rollout by live updates', 600, ONCE.execution],
    ['validate-outcome', 'Validating saving and agents', 60],
  ),
  requires: { timeScale: { minimum: 10 } },
};

export const ONBOARDING_AWS: ScenarioDefinition = {
  name: 'onboarding-aws',
  title: 'Onboarding on AWS',
  workflowType: 'onboardingAws',
  variantOf: 'customer-journey',
  tags: ['e2e', 'journey'],
  description:
    'Bad roles are refused with the field that is wrong and nothing is kept of them; with the good role the fleet is found exactly as it is.',
  phases: phasesOf(SIGN_UP, ['refuse-bad-role', 'Trying roles that let nobody in', 30], ...ONBOARDED),
};

export const ONBOARDING_GCP: ScenarioDefinition = {
  name: 'onboarding-gcp',
  title: 'Onboarding on GCP',
  workflowType: 'onboardingGcp',
  variantOf: 'customer-journey',
  tags: ['e2e', 'journey', 'placement'],
  description:
    'Bad service accounts are refused with the field that is wrong and nothing is kept of them; with the good one the fleet is found exactly as Compute has it, it costs what GCP asks, and its answers are told of.',
  phases: phasesOf(
    SIGN_UP,
    ['refuse-bad-service-account', 'Trying service accounts that let nobody in', 30],
    ...ONBOARDED,
    ['verify-cost', 'Comparing the cost with the price of GCP', 30],
    ['validate-service', 'Measuring the service', 60],
  ),
  requires: { clouds: ['gcp'] },
};
