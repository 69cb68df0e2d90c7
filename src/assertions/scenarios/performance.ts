import { CONFIGURATION_STEPS } from '../../contracts/api/recommendations.ts';
import type { Gate } from '../../contracts/runs.ts';
import { CANARY, THRESHOLDS } from '../../contracts/thresholds.ts';
import { noFp8Arithmetic, notRefused, refusalNamed } from '../arithmetic-fits.ts';
import { auditComplete } from '../audit-complete.ts';
import { configurationInForce } from '../configuration-in-force.ts';
import { flagIs, listEquals, listHas, listIncludes, textIn } from '../facts.ts';
import { forecastWithin } from '../forecast-within.ts';
import { latencyImproved } from '../latency-improved.ts';
import { multiAgentCoordination } from '../multi-agent-coordination.ts';
import { noQualityDegradation } from '../no-quality-degradation.ts';
import { above, atLeast, atMost, below, near, witnessesAgree } from '../numbers.ts';
import { rollbackSuccessful } from '../rollback-successful.ts';
import * as migration from '../spot-migration.ts';
import { stateRestored } from '../state-restored.ts';
import { completedAs, snapshotTaken, startingPoint, taskAtAgent } from './placing.ts';
import { serviceKept } from './service.ts';

const BASELINE = { minimumSamples: THRESHOLDS.baselineRequests };
const SETTLED = { minimumSamples: CANARY.cleanRequestsForErrorRate };
/** Two windows of some three thousand requests each tell a P95 to ± 3.3 % (world spec §6). */
const SAME_P95_SHARE = 0.1;

function recommended(type: string): readonly Gate[] {
  return [
    textIn({ gate: 'recommendation-type', evidence: 'recommendation.type', allowed: [type] }),
    textIn({ gate: 'recommendation-agent', evidence: 'recommendation.agent', allowed: ['performance'] }),
    textIn({ gate: 'recommendation-risk', evidence: 'recommendation.risk', allowed: ['low', 'medium'] }),
    textIn({ gate: 'plan-is-configuration', evidence: 'plan.kind', allowed: ['configuration_change'] }),
    listHas({ gate: 'plan-names-nodes', evidence: 'plan.reconfigure', minimum: 1, what: 'nodes' }),
    listHas({
      gate: 'recommendation-reasons',
      evidence: 'recommendation.reasons',
      minimum: 1,
      what: 'reasons',
    }),
    above({ gate: 'latency-is-forecast', evidence: 'forecast.latency-p95.predicted', threshold: 0 }),
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

/** More room for the cache, prompts remembered, lighter weights (scenarios spec §2). */
const tunesEverything = listIncludes({
  gate: 'plan-tunes-cache-and-weights',
  evidence: 'plan.changes',
  required: ['kv_allocation: static → paged', 'prefix_caching: false → true', 'quantization: bf16 → fp8'],
});
const onlyWeights = listEquals({
  gate: 'plan-changes-weights-only',
  evidence: 'plan.changes',
  expected: ['quantization: bf16 → fp8'],
});

/** One stage was judged from enough requests of both sides, and telemetry has as many. */
function stageJudged(name: string, requests: number): readonly Gate[] {
  return [
    textIn({ gate: `${name}-judged-good`, evidence: `stage.${name}.verdict`, allowed: ['passed'] }),
    atLeast({ gate: `${name}-has-samples`, evidence: `stage.${name}.requests`, threshold: requests }),
    atLeast({ gate: `${name}-has-control`, evidence: `stage.${name}.control-requests`, threshold: requests }),
    witnessesAgree({
      gate: `${name}-agrees-with-clickhouse`,
      evidence: `stage.${name}.requests`,
      witness: `stage.${name}.requests.clickhouse`,
      toleranceShare: 0.01,
    }),
  ];
}

const proposed = {
  'record-initial-state': startingPoint,
  'trigger-analysis': taskAtAgent('performance'),
};
const agreed = {
  'multi-agent-validation': [
    textIn({ gate: 'recommendation-validated', evidence: 'recommendation.status', allowed: ['validated'] }),
    // The author's own word is its recommendation.
    multiAgentCoordination('validation.approved-by.database', ['application', 'cost', 'resource']),
    atMost({ gate: 'no-veto', evidence: 'validation.vetoes', threshold: 0 }),
    atLeast({
      gate: 'quality-baseline-recorded',
      evidence: 'validation.application.baseline',
      threshold: THRESHOLDS.qualityScore,
      minimumSamples: CANARY.minimumQualitySamplesPerArm,
    }),
  ],
  'take-snapshot': snapshotTaken,
  'customer-approval': migration.approval,
};

const measured = {
  'monitor-execution': [
    ...completedAs(CONFIGURATION_STEPS),
    ...stageJudged('canary', CANARY.minimumRequestsPerArm),
    ...stageJudged('half', CANARY.requestsPerArmForRelevantShift),
    ...stageJudged('all', CANARY.minimumRequestsPerArm),
  ],
  'verify-configuration': [
    configurationInForce(),
    listEquals({
      gate: 'platform-knows-configuration',
      evidence: 'configuration.differences.platform',
      expected: [],
    }),
  ],
  'validate-service': [
    ...serviceKept('after'),
    noQualityDegradation({
      baseline: 'baseline.quality',
      current: 'after.quality',
      maximumDropShare: THRESHOLDS.qualityRelativeDrop,
      ...SETTLED,
    }),
  ],
  'validate-forecast': [
    forecastWithin({ what: 'latency-p95', toleranceShare: THRESHOLDS.forecastErrorShare }),
    witnessesAgree({
      gate: 'forecast-measured-as-reported',
      evidence: 'forecast.latency-p95.measured',
      witness: 'after.latency.p95',
      toleranceShare: 0.02,
    }),
  ],
  'verify-learning': [
    textIn({ gate: 'outcome-recorded', evidence: 'lesson.outcome', allowed: ['completed'] }),
    flagIs({
      gate: 'pattern-stored',
      evidence: 'lesson.pattern-in-qdrant',
      expected: true,
      because: 'Qdrant holds the pattern that the outcome row names',
    }),
    flagIs({
      gate: 'pattern-is-of-this-optimization',
      evidence: 'lesson.of-this-optimization',
      expected: true,
      because: 'the stored pattern names this optimization',
    }),
    witnessesAgree({
      gate: 'lesson-measures-the-same',
      evidence: 'lesson.latency-p95.measured',
      witness: 'forecast.latency-p95.measured',
      toleranceShare: SAME_P95_SHARE,
    }),
  ],
};

/** Acme before it was tuned (world spec §3), and what its users get afterwards. */
const acmeUntuned: readonly Gate[] = [
  near({
    gate: 'baseline-is-the-reference',
    evidence: 'baseline.latency.p95',
    expected: 1_604,
    tolerance: 0.15 * 1_604,
    ...BASELINE,
  }),
  near({
    gate: 'baseline-rate-is-the-reference',
    evidence: 'baseline.throughput',
    expected: 45,
    tolerance: 3,
    ...BASELINE,
  }),
];

export const performanceOptimizationGates = {
  ...proposed,
  'record-initial-state': [...startingPoint, ...acmeUntuned],
  'await-recommendation': [...recommended('kv_cache_optimization'), tunesEverything],
  ...agreed,
  ...measured,
  'validate-service': [
    ...measured['validate-service'],
    below({
      gate: 'p95-below-a-second',
      evidence: 'after.latency.p95',
      threshold: THRESHOLDS.latencyMsP95,
      ...SETTLED,
    }),
    below({
      gate: 'p99-below-a-second-and-a-half',
      evidence: 'after.latency.p99',
      threshold: THRESHOLDS.latencyMsP99,
      ...SETTLED,
    }),
    latencyImproved({
      before: 'baseline.latency.p95',
      after: 'after.latency.p95',
      minimumShare: 0.5,
      ...SETTLED,
    }),
  ],
};

export const quantizationGates = {
  ...proposed,
  'await-recommendation': [...recommended('quantization'), onlyWeights],
  'read-fit': [
    textIn({ gate: 'h100-gets-fp8', evidence: 'fit.h100.quantization', allowed: ['fp8'] }),
    below({ gate: 'h100-computes-in-fp8', evidence: 'fit.h100.prefill-factor', threshold: 1 }),
    notRefused({ gate: 'h100-is-refused-nothing', evidence: 'fit.h100.refusals', what: 'fp8 arithmetic' }),
    textIn({ gate: 'a100-analysis-completed', evidence: 'fit.a100.status', allowed: ['completed'] }),
    textIn({ gate: 'a100-gets-what-fits', evidence: 'fit.a100.recommendation', allowed: ['quantization'] }),
    noFp8Arithmetic({ gate: 'a100-never-computes-in-fp8', prefix: 'fit.a100' }),
    ...(['refusals', 'refusals-in-task'] as const).map((source) =>
      refusalNamed({
        gate: `a100-${source}-name-the-reason`,
        evidence: `fit.a100.${source}`,
        what: 'fp8 arithmetic refused',
        on: 'p4d.24xlarge',
        because: 'compute capability',
      }),
    ),
  ],
  ...agreed,
  ...measured,
};

const BAD_CANARY = 'validate_configured_canary';

export const performanceRollbackGates = {
  ...proposed,
  'await-recommendation': [...recommended('kv_cache_optimization'), tunesEverything],
  ...agreed,
  'monitor-execution': [
    rollbackSuccessful({ status: 'optimization.status', restored: 'optimization.restored' }),
    textIn({ gate: 'canary-found-bad', evidence: 'optimization.failed-step', allowed: [BAD_CANARY] }),
    textIn({ gate: 'canary-judged-bad', evidence: 'stage.canary.verdict', allowed: ['failed'] }),
    atLeast({
      gate: 'judged-from-enough-requests',
      evidence: 'rollback.detection.samples',
      threshold: CANARY.minimumRequestsPerArm,
    }),
    above({ gate: 'users-met-the-canary', evidence: 'rollback.detection.world-seconds', threshold: 0 }),
    atMost({
      gate: 'traffic-back-in-time',
      evidence: 'rollback.detection.scale-one-seconds',
      threshold: THRESHOLDS.rollbackSecondsAtScaleOne,
    }),
    flagIs({
      gate: 'live-events-ordered-and-complete',
      evidence: 'events.ordered-and-complete',
      expected: true,
      because: 'sequence without gap, a start and an end for each completed step',
    }),
    flagIs({
      gate: 'audit-chain-valid',
      evidence: 'audit.chain-valid',
      expected: true,
      because: 'every hash fits',
    }),
  ],
  'verify-restored': [stateRestored()],
  'verify-audit': [
    auditComplete(),
    above({ gate: 'rollback-time-reported', evidence: 'rollback.world-seconds', threshold: 0 }),
  ],
  'validate-service': [
    below({
      gate: 'error-rate',
      evidence: 'restored.error-rate',
      threshold: THRESHOLDS.errorRate,
      ...SETTLED,
    }),
    near({
      gate: 'latency-is-back',
      evidence: 'restored.latency.p95',
      expected: 1_604,
      tolerance: 0.15 * 1_604,
      ...SETTLED,
    }),
    witnessesAgree({
      gate: 'latency-agrees-with-clickhouse',
      evidence: 'restored.latency.p95',
      witness: 'restored.latency.p95.clickhouse',
      toleranceShare: 0.02,
    }),
    noQualityDegradation({
      baseline: 'baseline.quality',
      current: 'restored.quality',
      maximumDropShare: THRESHOLDS.qualityRelativeDrop,
      ...SETTLED,
    }),
  ],
};
