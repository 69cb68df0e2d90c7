import { AGENT_TYPES } from '../../contracts/api/common.ts';
import { THRESHOLDS } from '../../contracts/thresholds.ts';
import type { Gate } from '../../contracts/runs.ts';
import { flagIs, listEquals, listHas, listIncludes, textIn } from '../facts.ts';
import { above, atLeast, atMost, witnessesAgree } from '../numbers.ts';
import { optimizationSuccessful } from '../optimization-successful.ts';
import { savingsMatchPrediction } from '../savings-match-prediction.ts';
import { onboardedGates, signedUp } from './onboarding.ts';

const ANALYSES_SECONDS = 180;

function eachAgent(gate: (type: string) => Gate): readonly Gate[] {
  return AGENT_TYPES.map(gate);
}

const agrees = (gate: string, evidence: string, witness: string, toleranceShare: number): Gate =>
  witnessesAgree({ gate, evidence, witness, toleranceShare });

export const customerJourneyGates = {
  'signup-and-login': signedUp,
  ...onboardedGates,
  'first-analyses': [
    above({ gate: 'cost-before', evidence: 'cost.monthly.before.inventory', threshold: 0 }),
    atLeast({
      gate: 'fleet-was-seen-serving',
      evidence: 'analyses.first-requests',
      threshold: THRESHOLDS.baselineRequests,
    }),
    above({ gate: 'gpus-were-seen', evidence: 'analyses.first-gpu-samples', threshold: 0 }),
    atMost({ gate: 'analyses-in-time', evidence: 'analyses.seconds', threshold: ANALYSES_SECONDS }),
    ...eachAgent((type) =>
      textIn({
        gate: `analysis-completed-by-${type}`,
        evidence: `analyses.${type}.status`,
        allowed: ['completed'],
      }),
    ),
    ...eachAgent((type) =>
      listHas({
        gate: `analysis-says-something-by-${type}`,
        evidence: `analyses.${type}.said`,
        minimum: 1,
        what: 'offers or findings',
      }),
    ),
    listHas({ gate: 'something-offered', evidence: 'analyses.offers', minimum: 1, what: 'offers' }),
  ],
  dashboard: [
    agrees('spend-as-stored', 'dashboard.spend', 'dashboard.spend.stored', 0.001),
    agrees(
      'spend-as-inventory',
      'dashboard.spend',
      'dashboard.spend.inventory',
      THRESHOLDS.costWitnessToleranceShare,
    ),
    above({ gate: 'offers-shown', evidence: 'dashboard.offers', threshold: 0 }),
    flagIs({
      gate: 'offers-as-stored',
      evidence: 'dashboard.offers-as-stored',
      expected: true,
      because: 'the dashboard shows the validated offers, no other',
    }),
    agrees(
      'savings-without-conflicts',
      'dashboard.potential-savings',
      'dashboard.potential-savings.stored',
      0.001,
    ),
    agrees('highest-saving-as-stored', 'dashboard.highest-saving', 'dashboard.highest-saving.stored', 0.001),
    above({ gate: 'highest-saving-saves', evidence: 'dashboard.highest-saving', threshold: 0 }),
    listIncludes({
      gate: 'four-agent-cards',
      evidence: 'dashboard.healthy-agents',
      required: AGENT_TYPES,
    }),
    above({ gate: 'curves-have-points', evidence: 'dashboard.series.points', threshold: 0 }),
    agrees(
      'curve-agrees-with-clickhouse',
      'dashboard.series.throughput',
      'dashboard.series.throughput.clickhouse',
      0.01,
    ),
  ],
  'approve-highest-saving': [
    listHas({
      gate: 'optimization-created',
      evidence: 'approval.optimization',
      minimum: 1,
      what: 'optimization',
    }),
    flagIs({
      gate: 'approved-by-owner',
      evidence: 'approval.by-owner',
      expected: true,
      because: 'the approval names the user of the portal',
    }),
    textIn({
      gate: 'second-approval-refused',
      evidence: 'approval.second-attempt',
      allowed: ['409 ALREADY_DECIDED'],
    }),
  ],
  'watch-rollout': [
    optimizationSuccessful('optimization.status'),
    flagIs({
      gate: 'live-events-ordered-and-complete',
      evidence: 'events.ordered-and-complete',
      expected: true,
      because: 'sequence without gap, a start and an end for each step',
    }),
    atLeast({ gate: 'live-updates-counted', evidence: 'live.received', threshold: 1 }),
    agrees('live-updates-as-stored', 'live.received', 'live.stored', 0),
    flagIs({
      gate: 'live-updates-without-gap',
      evidence: 'live.ordered',
      expected: true,
      because: 'the portal passes every event on, in order',
    }),
    flagIs({
      gate: 'audit-chain-valid',
      evidence: 'audit.chain-valid',
      expected: true,
      because: 'every hash fits',
    }),
  ],
  'validate-outcome': [
    savingsMatchPrediction({
      predicted: 'recommendation.savings',
      measured: 'savings.measured',
      toleranceShare: THRESHOLDS.forecastErrorShare,
    }),
    agrees(
      'new-cost-agrees-with-inventory',
      'cost.monthly.after.platform',
      'cost.monthly.after.inventory',
      0.01,
    ),
    listEquals({
      gate: 'all-agents-healthy',
      evidence: 'agents.healthy',
      expected: [...AGENT_TYPES].sort(),
    }),
    ...eachAgent((type) =>
      atLeast({ gate: `beating-${type}`, evidence: `agents.${type}.beats`, threshold: 2 }),
    ),
  ],
};
