import { SCALE_IN_STEPS } from '../../contracts/api/recommendations.ts';
import type { Gate } from '../../contracts/runs.ts';
import { THRESHOLDS } from '../../contracts/thresholds.ts';
import { costReduced } from '../cost-reduced.ts';
import { flagIs, listEquals, listHas, textContains, textIn } from '../facts.ts';
import { forecastWithin } from '../forecast-within.ts';
import { above, atLeast, atMost, below, witnessesAgree } from '../numbers.ts';
import * as migration from '../spot-migration.ts';
import { completedAs, fleetAsPlanned, snapshotTaken, startingPoint, taskAtAgent } from './placing.ts';
import { serviceKept } from './service.ts';

/** Forecast and measurement are two figures of the same machines at the same rate; nothing about it is uncertain. */
const CERTAIN = 0.005;

function scaleIn(type: string): readonly Gate[] {
  return [
    textIn({ gate: 'recommendation-type', evidence: 'recommendation.type', allowed: [type] }),
    textIn({ gate: 'recommendation-agent', evidence: 'recommendation.agent', allowed: ['resource'] }),
    textIn({ gate: 'recommendation-risk', evidence: 'recommendation.risk', allowed: ['low', 'medium'] }),
    textIn({ gate: 'plan-is-scale-in', evidence: 'plan.kind', allowed: ['scale_in'] }),
    listHas({ gate: 'plan-names-nodes', evidence: 'plan.retire', minimum: 1, what: 'nodes to retire' }),
    listHas({
      gate: 'recommendation-reasons',
      evidence: 'recommendation.reasons',
      minimum: 1,
      what: 'reasons',
    }),
    atMost({
      gate: 'recommendation-in-time',
      evidence: 'recommendation.seconds',
      threshold: THRESHOLDS.recommendationSeconds,
    }),
    flagIs({
      gate: 'recommendation-in-database',
      evidence: 'recommendation.in-database',
      expected: true,
      because: 'the row in PostgreSQL says the same type and saving',
    }),
  ];
}

/** What a scale-in has to show, whatever its reason. */
const scaledIn = {
  'record-initial-state': startingPoint,
  'trigger-analysis': taskAtAgent('resource'),
  'take-snapshot': snapshotTaken,
  'customer-approval': migration.approval,
  'monitor-execution': completedAs(SCALE_IN_STEPS),
  'verify-fleet': [
    ...fleetAsPlanned,
    listEquals({ gate: 'nothing-came', evidence: 'fleet.came', expected: [] }),
  ],
  'validate-service': serviceKept('after'),
  'validate-savings': [
    forecastWithin({ what: 'savings', toleranceShare: CERTAIN }),
    witnessesAgree({
      gate: 'new-cost-agrees-with-inventory',
      evidence: 'cost.monthly.after.platform',
      witness: 'cost.monthly.after.inventory',
      toleranceShare: THRESHOLDS.costWitnessToleranceShare,
    }),
  ],
};

export const rightsizingGates = {
  ...scaledIn,
  'await-recommendation': [
    ...scaleIn('rightsizing'),
    listHas({ gate: 'plan-keeps-nodes', evidence: 'plan.keep', minimum: 2, what: 'nodes kept' }),
    above({
      gate: 'latency-is-forecast',
      evidence: 'forecast.latency-p95.predicted',
      threshold: 0,
    }),
  ],
  'read-analysis': [
    textIn({ gate: 'analysis-completed', evidence: 'analysis.status', allowed: ['completed'] }),
    listEquals({
      gate: 'only-this-is-proposed',
      evidence: 'analysis.recommendations',
      expected: ['rightsizing of vllm-prod-1'],
    }),
  ],
  'multi-agent-validation': migration.validation,
  'verify-fleet': [
    ...scaledIn['verify-fleet'],
    atMost({ gate: 'fleet-halved', evidence: 'fleet.nodes-after-share', threshold: 0.5 }),
  ],
  'validate-savings': [
    ...scaledIn['validate-savings'],
    costReduced({
      before: 'cost.monthly.inventory',
      after: 'cost.monthly.after.inventory',
      minimumShare: 0.5 - THRESHOLDS.costWitnessToleranceShare,
    }),
  ],
  'validate-latency': [
    forecastWithin({ what: 'latency-p95', toleranceShare: THRESHOLDS.forecastErrorShare }),
  ],
};

const IDLE = 'vllm-idle-1';
const BUSY = 'vllm-prod-1';

export const idleDetectionGates = {
  ...scaledIn,
  'measure-use': [
    atMost({ gate: 'idle-has-no-request', evidence: `use.${IDLE}.requests`, threshold: 0 }),
    below({ gate: 'idle-gpus-rest', evidence: `use.${IDLE}.gpu`, threshold: 0.05 }),
    atLeast({ gate: 'idle-was-seen-for-an-hour', evidence: `use.${IDLE}.seen-minutes`, threshold: 55 }),
    above({ gate: 'busy-has-requests', evidence: `use.${BUSY}.requests`, threshold: 0 }),
    above({ gate: 'busy-gpus-work', evidence: `use.${BUSY}.gpu`, threshold: 0.05 }),
  ],
  'await-recommendation': [
    ...scaleIn('idle_shutdown'),
    textIn({ gate: 'plan-is-of-the-idle', evidence: 'plan.deployment', allowed: [IDLE] }),
    listEquals({ gate: 'nothing-idle-is-kept', evidence: 'plan.keep', expected: [] }),
  ],
  'read-analysis': [
    textIn({ gate: 'analysis-completed', evidence: 'analysis.status', allowed: ['completed'] }),
    listEquals({
      gate: 'busy-is-not-proposed',
      evidence: 'analysis.recommendations',
      expected: [`idle_shutdown of ${IDLE}`],
    }),
    textContains({ gate: 'busy-is-called-busy', evidence: `analysis.finding.${BUSY}`, words: ['demand at'] }),
  ],
  'multi-agent-validation': [
    textIn({ gate: 'recommendation-validated', evidence: 'recommendation.status', allowed: ['validated'] }),
    atMost({ gate: 'no-veto', evidence: 'validation.vetoes', threshold: 0 }),
    listHas({
      gate: 'agents-agree',
      evidence: 'validation.approved-by.database',
      minimum: THRESHOLDS.validatingAgents,
      what: 'agents',
    }),
  ],
  'verify-fleet': [
    ...scaledIn['verify-fleet'],
    atMost({ gate: 'idle-is-shut-down', evidence: 'fleet.nodes-after', threshold: 0 }),
    above({ gate: 'others-were-compared', evidence: 'fleet.others', threshold: 0 }),
    listEquals({ gate: 'busy-is-untouched', evidence: 'fleet.others-differences', expected: [] }),
  ],
};
