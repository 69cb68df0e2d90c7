import { MIGRATION_STEPS } from '../contracts/api/recommendations.ts';
import type { Gate } from '../contracts/runs.ts';
import { CANARY, THRESHOLDS } from '../contracts/thresholds.ts';
import { costReduced } from './cost-reduced.ts';
import { executionStepsCompleted } from './execution-steps-completed.ts';
import { flagIs, listHas, textIn } from './facts.ts';
import { latencyKept } from './latency-kept.ts';
import { multiAgentCoordination } from './multi-agent-coordination.ts';
import { noQualityDegradation } from './no-quality-degradation.ts';
import { above, atLeast, atMost, below, near, witnessesAgree } from './numbers.ts';
import { optimizationSuccessful } from './optimization-successful.ts';
import { qualityMaintained } from './quality-maintained.ts';
import { savingsMatchPrediction } from './savings-match-prediction.ts';
import { twinForecastNotWorse } from './twin-forecast.ts';

/** Gates of the spot migration, a list a phase, in the order of scenarios spec §1. */

const BASELINE = { minimumSamples: THRESHOLDS.baselineRequests };
const SETTLED = { minimumSamples: CANARY.cleanRequestsForErrorRate };

export const costWitnessed: Gate = witnessesAgree({
  gate: 'monthly-cost-agrees-with-inventory',
  evidence: 'cost.monthly.platform',
  witness: 'cost.monthly.inventory',
  toleranceShare: THRESHOLDS.costWitnessToleranceShare,
});

/** A baseline that later measurements may be compared with. */
export const baselineMeasured: readonly Gate[] = [
  above({ gate: 'baseline-latency-p50', evidence: 'baseline.latency.p50', threshold: 0, ...BASELINE }),
  above({ gate: 'baseline-latency-p95', evidence: 'baseline.latency.p95', threshold: 0, ...BASELINE }),
  above({ gate: 'baseline-latency-p99', evidence: 'baseline.latency.p99', threshold: 0, ...BASELINE }),
  above({ gate: 'baseline-throughput', evidence: 'baseline.throughput', threshold: 0, ...BASELINE }),
  below({
    gate: 'baseline-error-rate',
    evidence: 'baseline.error-rate',
    threshold: THRESHOLDS.errorRate,
    ...BASELINE,
  }),
  atLeast({
    gate: 'baseline-quality',
    evidence: 'baseline.quality',
    threshold: THRESHOLDS.qualityScore,
    ...BASELINE,
  }),
  witnessesAgree({
    gate: 'requests-agree-with-clickhouse',
    evidence: 'baseline.requests.platform',
    witness: 'baseline.requests.clickhouse',
    toleranceShare: 0,
  }),
];

export const initialState: readonly Gate[] = [
  witnessesAgree({
    gate: 'monthly-cost-is-the-contract',
    evidence: 'cost.monthly.platform',
    witness: 'cost.monthly.contract',
    toleranceShare: THRESHOLDS.costWitnessToleranceShare,
  }),
  costWitnessed,
  ...baselineMeasured,
];

export const analysisTriggered: readonly Gate[] = [
  listHas({ gate: 'analysis-started', evidence: 'analysis.id', minimum: 1, what: 'analysis' }),
  flagIs({
    gate: 'task-at-cost-agent-only',
    evidence: 'analysis.task-at-cost-agent-only',
    expected: true,
    because: 'the analysis has one task row, and it is the cost agent’s',
  }),
];

export const recommendation: readonly Gate[] = [
  textIn({ gate: 'recommendation-type', evidence: 'recommendation.type', allowed: ['spot_migration'] }),
  textIn({ gate: 'recommendation-agent', evidence: 'recommendation.agent', allowed: ['cost'] }),
  textIn({ gate: 'recommendation-risk', evidence: 'recommendation.risk', allowed: ['low', 'medium'] }),
  above({
    gate: 'recommendation-saving',
    evidence: 'recommendation.savings',
    threshold: THRESHOLDS.recommendationSavingsUsdPerMonth,
  }),
  flagIs({
    gate: 'recommendation-range',
    evidence: 'recommendation.range-holds-estimate',
    expected: true,
    because: 'low ≤ estimate ≤ high, and low < high',
  }),
  listHas({
    gate: 'recommendation-reasons',
    evidence: 'recommendation.reasons',
    minimum: 1,
    what: 'reasons',
  }),
  listHas({ gate: 'plan-names-nodes', evidence: 'plan.replace', minimum: 1, what: 'nodes to replace' }),
  listHas({ gate: 'plan-names-zones', evidence: 'plan.zones', minimum: 1, what: 'zones' }),
  above({ gate: 'plan-keeps-on-demand', evidence: 'plan.kept-on-demand-share', threshold: 0 }),
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

export const validation: readonly Gate[] = [
  textIn({ gate: 'recommendation-validated', evidence: 'recommendation.status', allowed: ['validated'] }),
  multiAgentCoordination('validation.approved-by.database', ['performance', 'application']),
  atMost({ gate: 'no-veto', evidence: 'validation.vetoes', threshold: 0 }),
  latencyKept({
    gate: 'forecast-with-one-node-missing',
    evidence: 'validation.performance.predicted-p95-one-node-missing',
    objective: 'slo.latency.p95-degraded',
    minimumSamples: CANARY.minimumRequestsPerArm,
  }),
  atLeast({
    gate: 'quality-baseline-recorded',
    evidence: 'validation.application.baseline',
    threshold: THRESHOLDS.qualityScore,
    minimumSamples: CANARY.minimumQualitySamplesPerArm,
  }),
  above({
    gate: 'quality-baseline-interval',
    evidence: 'validation.application.baseline-interval-width',
    threshold: 0,
  }),
];

export const approval: readonly Gate[] = [
  listHas({
    gate: 'optimization-created',
    evidence: 'approval.optimization',
    minimum: 1,
    what: 'optimization',
  }),
  textIn({
    gate: 'second-approval-refused',
    evidence: 'approval.second-attempt',
    allowed: ['409 ALREADY_DECIDED'],
  }),
  flagIs({
    gate: 'approval-in-database',
    evidence: 'approval.in-database',
    expected: true,
    because: 'one approval row with who and why',
  }),
  flagIs({
    gate: 'approval-audited',
    evidence: 'approval.audited',
    expected: true,
    because: 'the audit has the approval',
  }),
];

/** Shares of traffic while a stage was judged; a stage that had to begin again has other ones. */
const stageShares: readonly Gate[] = [10, 50].map((percent) =>
  near({
    gate: `traffic-at-${String(percent)}-percent`,
    evidence: `traffic.new-nodes-share.at-${String(percent)}`,
    expected: percent / 100,
    tolerance: THRESHOLDS.trafficShareTolerance,
    minimumSamples: CANARY.minimumRequestsPerArm,
  }),
);

export const execution: readonly Gate[] = [
  optimizationSuccessful('optimization.status'),
  executionStepsCompleted('optimization.completed-steps', MIGRATION_STEPS),
  flagIs({
    gate: 'steps-carry-evidence',
    evidence: 'optimization.steps-carry-evidence',
    expected: true,
    because: 'every step names what it did and saw',
  }),
  ...stageShares,
  atLeast({
    gate: 'traffic-at-100-percent',
    evidence: 'traffic.target-fleet-share.at-100',
    threshold: 1,
    minimumSamples: CANARY.minimumRequestsPerArm,
  }),
  flagIs({
    gate: 'on-demand-terminated-in-cloud',
    evidence: 'cloud.replaced-nodes-terminated',
    expected: true,
    because: 'EC2 itself says the replaced nodes are terminated',
  }),
  flagIs({
    gate: 'kept-share-still-there',
    evidence: 'cloud.kept-nodes-running',
    expected: true,
    because: 'EC2 itself says the kept on-demand nodes run',
  }),
  flagIs({
    gate: 'spot-nodes-running',
    evidence: 'cloud.spot-nodes-running',
    expected: true,
    because: 'EC2 has as many running spot nodes as the plan',
  }),
  flagIs({
    gate: 'live-events-ordered-and-complete',
    evidence: 'events.ordered-and-complete',
    expected: true,
    because: 'sequence without gap, a start and an end for each step',
  }),
  flagIs({
    gate: 'audit-chain-valid',
    evidence: 'audit.chain-valid',
    expected: true,
    because: 'every hash fits',
  }),
];

/** The same for a rollout whose stages may have begun again. */
export const executionWithRestarts: readonly Gate[] = execution.filter((gate) => !stageShares.includes(gate));

export const quality: readonly Gate[] = [
  qualityMaintained({ evidence: 'after.quality', floor: THRESHOLDS.qualityScore, ...SETTLED }),
  noQualityDegradation({
    baseline: 'baseline.quality',
    current: 'after.quality',
    maximumDropShare: THRESHOLDS.qualityRelativeDrop,
    ...SETTLED,
  }),
  latencyKept({
    gate: 'latency-p95-kept',
    evidence: 'after.latency.p95',
    objective: 'slo.latency.p95',
    ...SETTLED,
  }),
  latencyKept({
    gate: 'latency-p99-kept',
    evidence: 'after.latency.p99',
    objective: 'slo.latency.p99',
    ...SETTLED,
  }),
  below({ gate: 'error-rate', evidence: 'after.error-rate', threshold: THRESHOLDS.errorRate, ...SETTLED }),
  witnessesAgree({
    gate: 'quality-agrees-with-clickhouse',
    evidence: 'after.quality',
    witness: 'after.quality.clickhouse',
    toleranceShare: 0.001,
  }),
];

export const savings: readonly Gate[] = [
  costReduced({
    before: 'cost.monthly.platform',
    after: 'cost.monthly.after.platform',
    minimumShare: THRESHOLDS.costReductionShare,
  }),
  witnessesAgree({
    gate: 'new-cost-agrees-with-inventory',
    evidence: 'cost.monthly.after.platform',
    witness: 'cost.monthly.after.inventory',
    toleranceShare: 0.01,
  }),
  savingsMatchPrediction({
    predicted: 'recommendation.savings',
    measured: 'savings.measured',
    toleranceShare: THRESHOLDS.forecastErrorShare,
  }),
  witnessesAgree({
    gate: 'actual-savings-reported',
    evidence: 'savings.platform',
    witness: 'savings.measured',
    toleranceShare: 0.02,
  }),
];

export const learning: readonly Gate[] = [
  flagIs({
    gate: 'pattern-stored',
    evidence: 'learning.pattern-in-qdrant',
    expected: true,
    because: 'Qdrant holds the pattern that the outcome row names',
  }),
  flagIs({
    gate: 'pattern-is-nearest-neighbour',
    evidence: 'learning.nearest-neighbour',
    expected: true,
    because: 'asked with its own features, Qdrant returns it first',
  }),
  flagIs({
    gate: 'outcome-row',
    evidence: 'learning.outcome-in-database',
    expected: true,
    because: 'PostgreSQL has the outcome with prediction and measurement',
  }),
  flagIs({
    gate: 'twin-forecast-uses-pattern',
    evidence: 'learning.twin-uses-pattern',
    expected: true,
    because: 'the twin’s forecast lists the stored pattern',
  }),
  twinForecastNotWorse({
    first: 'recommendation.savings',
    twin: 'learning.twin-forecast',
    measured: 'savings.measured',
  }),
];
