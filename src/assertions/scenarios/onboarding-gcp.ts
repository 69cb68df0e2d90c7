import { HOURS_PER_MONTH } from '../../contracts/api/common.ts';
import { THRESHOLDS } from '../../contracts/thresholds.ts';
import { listEquals } from '../facts.ts';
import { near, witnessesAgree } from '../numbers.ts';
import { onboardedGates, signedUp } from './onboarding.ts';
import { serviceKept } from './service.ts';

/** Four a2-highgpu-8g in us-central1, on demand, at list price (world spec §1). */
const GCP_USD_PER_MONTH = 4 * 29.38708 * HOURS_PER_MONTH;

const refused = (field: string): string => `400 VALIDATION_FAILED body.${field}`;

export const onboardingGcpGates = {
  'signup-and-login': signedUp,
  'refuse-bad-service-account': [
    // In the order in which the story tries them: missing, no e-mail, foreign domain, short project, foreign region, field.
    listEquals({
      gate: 'refused-with-the-field',
      evidence: 'refusals',
      expected: [
        ...Array.from({ length: 4 }, () => refused('service_account')),
        refused('region'),
        refused('iam_role_arn'),
      ],
    }),
    near({ gate: 'nothing-kept-of-them', evidence: 'refusals.stored', expected: 0, tolerance: 0 }),
  ],
  ...onboardedGates,
  'verify-cost': [
    near({
      gate: 'cost-is-the-price-of-gcp',
      evidence: 'cost.monthly.onboarded.platform',
      expected: GCP_USD_PER_MONTH,
      tolerance: GCP_USD_PER_MONTH * THRESHOLDS.costWitnessToleranceShare,
    }),
    witnessesAgree({
      gate: 'cost-agrees-with-compute',
      evidence: 'cost.monthly.onboarded.platform',
      witness: 'cost.monthly.onboarded.inventory',
      toleranceShare: THRESHOLDS.costWitnessToleranceShare,
    }),
  ],
  'validate-service': serviceKept('onboarded'),
};
