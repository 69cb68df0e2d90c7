import { listEquals } from '../facts.ts';
import { near } from '../numbers.ts';
import { onboardedGates, signedUp } from './onboarding.ts';

const refused = (field: string): string => `400 VALIDATION_FAILED body.${field}`;

export const onboardingAwsGates = {
  'signup-and-login': signedUp,
  'refuse-bad-role': [
    // In the order in which the story tries them: missing, no ARN, short account, a user, foreign region, foreign field.
    listEquals({
      gate: 'refused-with-the-field',
      evidence: 'refusals',
      expected: [
        ...Array.from({ length: 4 }, () => refused('iam_role_arn')),
        refused('region'),
        refused('service_account'),
      ],
    }),
    near({ gate: 'nothing-kept-of-them', evidence: 'refusals.stored', expected: 0, tolerance: 0 }),
  ],
  ...onboardedGates,
};
