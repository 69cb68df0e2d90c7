import { PLACEMENT_STEPS } from '../../contracts/api/recommendations.ts';
import { THRESHOLDS } from '../../contracts/thresholds.ts';
import { flagIs, listEquals, listHas, textIn } from '../facts.ts';
import { forecastWithin } from '../forecast-within.ts';
import { above, atLeast, atMost, witnessesAgree } from '../numbers.ts';
import { netAsComputed, placementOptimal } from '../placement-optimal.ts';
import * as migration from '../spot-migration.ts';
import { stateRestored } from '../state-restored.ts';
import { completedAs, fleetAsPlanned, snapshotTaken, startingPoint, taskAtAgent } from './placing.ts';
import { serviceKept } from './service.ts';

const MOVED = 'vllm-gcp-1';
/** Two computations from the same prices: they differ by how many requests each has seen. */
const SAME_FIGURE = 0.01;
/** Two estimates of one rate and one size, each from 10,000 requests or more: two standard errors of the rate. */
const SAME_TRAFFIC = 0.02;

const OPTIMA = ['optimum.before', 'optimum.after'] as const;
const asTheOptimum = placementOptimal({
  proposed: 'placement.choices',
  optima: OPTIMA.map((optimum) => `${optimum}.choices`),
});

export const crossCloudOptimizationGates = {
  'record-initial-state': startingPoint,
  'find-optimum': [
    listHas({ gate: 'optimum-found', evidence: 'optimum.before.choices', minimum: 2, what: 'placements' }),
    above({ gate: 'optimum-saves', evidence: 'optimum.before.net', threshold: 0, minimumSamples: 10 }),
  ],
  'trigger-cost-analysis': taskAtAgent('cost'),
  'await-recommendation': [
    textIn({
      gate: 'recommendation-type',
      evidence: 'recommendation.type',
      allowed: ['cross_cloud_placement'],
    }),
    textIn({ gate: 'recommendation-agent', evidence: 'recommendation.agent', allowed: ['cost'] }),
    textIn({ gate: 'plan-is-placement', evidence: 'plan.kind', allowed: ['placement'] }),
    textIn({ gate: 'plan-is-of-the-moved', evidence: 'plan.deployment', allowed: [MOVED] }),
    listHas({ gate: 'plan-names-nodes', evidence: 'plan.replace', minimum: 1, what: 'nodes to replace' }),
    above({ gate: 'plan-counts-transfer', evidence: 'plan.transfer', threshold: 0 }),
    above({
      gate: 'recommendation-saving',
      evidence: 'recommendation.savings',
      threshold: THRESHOLDS.recommendationSavingsUsdPerMonth,
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
  ],
  'compare-with-optimum': [
    asTheOptimum,
    netAsComputed({
      proposed: 'placement.net',
      optima: OPTIMA.map((optimum) => `${optimum}.net`),
      toleranceShare: SAME_FIGURE,
    }),
  ],
  'multi-agent-validation': migration.validation,
  'take-snapshot': snapshotTaken,
  'customer-approval': migration.approval,
  'monitor-execution': completedAs(PLACEMENT_STEPS),
  'verify-fleet': [
    ...fleetAsPlanned,
    flagIs({
      gate: 'new-nodes-are-where-planned',
      evidence: 'fleet.came-by-plan',
      expected: true,
      because: 'the target cloud runs the machines of the plan, and no others',
    }),
    listEquals({ gate: 'new-nodes-are-the-rollouts', evidence: 'fleet.strangers', expected: [] }),
    atLeast({ gate: 'as-many-nodes-serve', evidence: 'fleet.nodes-after-share', threshold: 1 }),
    above({ gate: 'others-were-compared', evidence: 'fleet.others', threshold: 0 }),
    listEquals({ gate: 'others-are-untouched', evidence: 'fleet.others-differences', expected: [] }),
  ],
  'validate-service': serviceKept('after'),
  'validate-latency': [
    forecastWithin({ what: 'latency-p95', toleranceShare: THRESHOLDS.forecastErrorShare }),
  ],
  'validate-savings': [
    forecastWithin({ what: 'savings', toleranceShare: THRESHOLDS.forecastErrorShare }),
    witnessesAgree({
      gate: 'new-cost-agrees-with-inventory',
      evidence: 'cost.monthly.after.platform',
      witness: 'cost.monthly.after.inventory',
      toleranceShare: THRESHOLDS.costWitnessToleranceShare,
    }),
  ],
};

/** What staying is, when every way was tried. */
const STAYS = `${MOVED}: stays`;

export const dataTransferGates = {
  'record-initial-state': startingPoint,
  'find-optimum': [
    listEquals({ gate: 'optimum-is-to-stay', evidence: 'optimum.before.choices', expected: [STAYS] }),
    atMost({ gate: 'no-move-pays', evidence: `optimum.before.${MOVED}.best-net`, threshold: 0 }),
    above({
      gate: 'transfer-is-why',
      evidence: `optimum.before.${MOVED}.best-net-without-transfer`,
      threshold: THRESHOLDS.recommendationSavingsUsdPerMonth,
    }),
  ],
  'take-snapshot': snapshotTaken,
  'trigger-cost-analysis': taskAtAgent('cost'),
  'compare-with-optimum': [
    textIn({ gate: 'analysis-completed', evidence: 'analysis.status', allowed: ['completed'] }),
    asTheOptimum,
    listEquals({ gate: 'nothing-is-proposed', evidence: 'analysis.recommendations', expected: [] }),
    netAsComputed({
      proposed: `placement.refused.${MOVED}.net`,
      optima: OPTIMA.map((optimum) => `${optimum}.${MOVED}.best-net`),
      toleranceShare: SAME_TRAFFIC,
      differenceOf: `optimum.before.${MOVED}.best-transfer`,
    }),
    atMost({ gate: 'refused-for-a-loss', evidence: `placement.refused.${MOVED}.net`, threshold: 0 }),
  ],
  'verify-unchanged': [stateRestored()],
};
