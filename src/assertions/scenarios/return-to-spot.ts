import { MIGRATION_STEPS } from '../../contracts/api/recommendations.ts';
import { THRESHOLDS } from '../../contracts/thresholds.ts';
import { auditComplete } from '../audit-complete.ts';
import { flagIs, listEquals, listHas, textIn } from '../facts.ts';
import { costReduced } from '../cost-reduced.ts';
import { forecastWithin } from '../forecast-within.ts';
import { above, atLeast, witnessesAgree } from '../numbers.ts';
import * as migration from '../spot-migration.ts';
import { fleetCounts, nodeLossGates } from './node-loss.ts';
import { untilApprovedGates } from './until-approved.ts';

export const returnToSpotGates = {
  ...untilApprovedGates,
  ...nodeLossGates,
  'monitor-execution': migration.execution,
  'record-cost-on-spot': [
    above({ gate: 'cost-on-spot', evidence: 'cost.monthly.spot.inventory', threshold: 0 }),
    witnessesAgree({
      gate: 'cost-on-spot-agrees-with-inventory',
      evidence: 'cost.monthly.spot.platform',
      witness: 'cost.monthly.spot.inventory',
      toleranceShare: 0.01,
    }),
  ],
  'verify-fallback': [
    ...fleetCounts('fallback', { spot: 2, onDemand: 2, fallback: 1 }),
    costReduced({
      gate: 'fallback-costs-more',
      before: 'cost.monthly.fallback.inventory',
      after: 'cost.monthly.spot.inventory',
      minimumShare: 0.1,
    }),
  ],
  'restore-capacity': [
    listHas({ gate: 'capacity-is-back', evidence: 'action.capacity-back', minimum: 1, what: 'action' }),
  ],
  'await-return': [
    atLeast({ gate: 'return-offered', evidence: 'own-accord.count', threshold: 1 }),
    textIn({ gate: 'return-by-the-cost-agent', evidence: 'own-accord.agent', allowed: ['cost'] }),
  ],
  'follow-return': [
    textIn({ gate: 'return-completed', evidence: 'return.status', allowed: ['completed'] }),
    listEquals({
      gate: 'return-steps-completed',
      evidence: 'return.completed-steps',
      expected: MIGRATION_STEPS,
    }),
    flagIs({
      gate: 'return-steps-carry-evidence',
      evidence: 'return.steps-carry-evidence',
      expected: true,
      because: 'every step names what it did and saw',
    }),
  ],
  'verify-returned': [
    ...fleetCounts('returned', { spot: 3, onDemand: 1, fallback: 0 }),
    witnessesAgree({
      gate: 'cost-is-back',
      evidence: 'cost.monthly.returned.inventory',
      witness: 'cost.monthly.spot.inventory',
      toleranceShare: 0.05,
    }),
  ],
  'validate-savings': [
    forecastWithin({ what: 'savings', toleranceShare: THRESHOLDS.forecastErrorShare }),
    witnessesAgree({
      gate: 'actual-savings-reported',
      evidence: 'savings.platform',
      witness: 'savings.measured',
      toleranceShare: 0.02,
    }),
  ],
  'verify-audit': [auditComplete()],
};
