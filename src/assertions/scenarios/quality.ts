import { CONFIGURATION_STEPS } from '../../contracts/api/recommendations.ts';
import type { Gate } from '../../contracts/runs.ts';
import { CANARY, THRESHOLDS } from '../../contracts/thresholds.ts';
import { auditComplete } from '../audit-complete.ts';
import { executionStepsCompleted } from '../execution-steps-completed.ts';
import { flagIs, listEquals, listHas, textContains, textIn } from '../facts.ts';
import { noQualityDegradation } from '../no-quality-degradation.ts';
import { above, atLeast, atMost, near, witnessesAgree } from '../numbers.ts';
import { optimizationSuccessful } from '../optimization-successful.ts';
import {
  BASELINE_SAMPLES,
  changeDeployed,
  changeNoticed,
  dropExcluded,
  dropProven,
  promptsUnanswered,
} from '../quality-comparison.ts';
import { stateRestored } from '../state-restored.ts';
import { serviceKept } from './service.ts';

/** The same numbers on another way differ in the last digits only; a quantile by expansion in the fourth. */
const SAME = 1e-6;
const SAME_BOUND = 1e-3;

const agree = (name: string, toleranceShare: number): Gate =>
  witnessesAgree({
    gate: `${name}-agrees-with-answers`,
    evidence: `baseline.${name}`,
    witness: `baseline.${name}.recomputed`,
    toleranceShare,
  });

const baselineGates = {
  'trigger-quality-analysis': [
    listHas({ gate: 'analysis-started', evidence: 'analysis.id', minimum: 1, what: 'analysis' }),
    flagIs({
      gate: 'task-at-application-agent-only',
      evidence: 'analysis.task-at-application-agent-only',
      expected: true,
      because: 'the task went to the application agent and to nobody else',
    }),
  ],
  'await-baseline': [
    textIn({ gate: 'baseline-analysis-completed', evidence: 'baseline.analysis', allowed: ['completed'] }),
    listHas({ gate: 'baseline-recorded', evidence: 'baseline.baselines', minimum: 1, what: 'baseline' }),
    atLeast({
      gate: 'baseline-samples',
      evidence: 'baseline.sample-size',
      threshold: BASELINE_SAMPLES,
      minimumSamples: BASELINE_SAMPLES,
    }),
    agree('sample-size', 0),
    agree('mean', SAME),
    agree('deviation', SAME),
    agree('interval-low', SAME_BOUND),
    agree('interval-high', SAME_BOUND),
    witnessesAgree({
      gate: 'baseline-agrees-with-telemetry',
      evidence: 'baseline.mean',
      witness: 'baseline.mean.clickhouse',
      toleranceShare: SAME,
    }),
    witnessesAgree({
      gate: 'prompts-agree-with-telemetry',
      evidence: 'baseline.sample-size',
      witness: 'baseline.sample-size.clickhouse',
      toleranceShare: 0,
    }),
    atLeast({
      gate: 'baseline-keeps-the-promise',
      evidence: 'baseline.interval-low',
      threshold: THRESHOLDS.qualityScore,
      minimumSamples: BASELINE_SAMPLES,
    }),
    textContains({
      gate: 'finding-tells-baseline',
      evidence: 'baseline.finding',
      words: ['Baseline quality'],
    }),
  ],
};

const ENOUGH = CANARY.cleanRequestsForErrorRate;

const untilJudged = {
  ...baselineGates,
  'measure-before': [
    atLeast({
      gate: 'quality-good-before',
      evidence: 'before.quality',
      threshold: THRESHOLDS.qualityScore,
      minimumSamples: ENOUGH,
    }),
    witnessesAgree({
      gate: 'quality-before-agrees-with-clickhouse',
      evidence: 'before.quality',
      witness: 'before.quality.clickhouse',
      toleranceShare: 0.001,
    }),
    above({ gate: 'snapshot-has-nodes', evidence: 'snapshot.nodes', threshold: 0 }),
  ],
  'deploy-change': [changeDeployed()],
};

/** What holds whatever the verdict is: it was noticed by the runtime, asked of enough prompts, computed rightly. */
const judged: readonly Gate[] = [
  changeNoticed(),
  listEquals({ gate: 'noticed-by-the-runtime', evidence: 'change.noticed-by', expected: ['runtime'] }),
  textIn({ gate: 'comparison-completed', evidence: 'comparison.analysis', allowed: ['completed'] }),
  ...(['pairs', 'drop', 'lower', 'upper'] as const).map((name) =>
    near({
      gate: `comparison-${name}-agrees-with-answers`,
      evidence: `comparison.${name}.difference`,
      expected: 0,
      tolerance: name === 'pairs' ? 0 : 5e-4,
    }),
  ),
  witnessesAgree({
    gate: 'comparison-agrees-with-telemetry',
    evidence: 'comparison.present-mean',
    witness: 'comparison.present-mean.clickhouse',
    toleranceShare: SAME,
  }),
  near({ gate: 'comparison-audited-once', evidence: 'comparison.audited', expected: 1, tolerance: 0 }),
];

const backToBefore = noQualityDegradation({
  baseline: 'before.quality',
  current: 'restored.quality',
  maximumDropShare: THRESHOLDS.qualityRelativeDrop,
  minimumSamples: ENOUGH,
});

export const qualityValidationGates = {
  ...untilJudged,
  'judge-change': [
    textIn({ gate: 'regression-found', evidence: 'comparison.verdict', allowed: ['regression'] }),
    dropProven(),
    ...judged,
  ],
  'await-rollback': [
    listHas({
      gate: 'rollback-recommended',
      evidence: 'own-accord.recommendations',
      minimum: 1,
      what: 'quality rollback',
    }),
    textIn({ gate: 'rollback-by-application-agent', evidence: 'own-accord.agent', allowed: ['application'] }),
    textIn({ gate: 'approved-by-policy', evidence: 'decisions.by', allowed: ['system:policy'] }),
    textIn({ gate: 'policy-audited', evidence: 'decisions.by.audit', allowed: ['system:policy'] }),
    atMost({ gate: 'no-person-asked', evidence: 'decisions.by-people', threshold: 0 }),
  ],
  'monitor-execution': [
    optimizationSuccessful('optimization.status'),
    executionStepsCompleted('optimization.completed-steps', CONFIGURATION_STEPS),
    flagIs({
      gate: 'steps-carry-evidence',
      evidence: 'optimization.steps-carry-evidence',
      expected: true,
      because: 'each completed step says what it saw',
    }),
    flagIs({
      gate: 'live-events-ordered-and-complete',
      evidence: 'events.ordered-and-complete',
      expected: true,
      because: 'sequence without gap, a start and an end for each completed step',
    }),
  ],
  'verify-restored': [stateRestored()],
  'validate-quality': [...serviceKept('restored'), backToBefore],
  'verify-audit': [auditComplete()],
};

export const harmlessChangeGates = {
  ...untilJudged,
  'judge-change': [
    textIn({ gate: 'quality-found-kept', evidence: 'comparison.verdict', allowed: ['kept'] }),
    dropExcluded(),
    ...judged,
    listEquals({ gate: 'nothing-recommended', evidence: 'comparison.recommendations', expected: [] }),
    listEquals({ gate: 'nothing-started', evidence: 'comparison.optimizations', expected: [] }),
  ],
  'validate-quality': [...serviceKept('restored'), backToBefore],
};

export const baselineEstablishmentGates = {
  ...baselineGates,
  'refuse-thin-baseline': [
    textIn({ gate: 'thin-analysis-completed', evidence: 'thin.analysis', allowed: ['completed'] }),
    listEquals({ gate: 'no-thin-baseline', evidence: 'thin.baselines', expected: [] }),
    promptsUnanswered(),
    textContains({ gate: 'finding-says-inconclusive', evidence: 'thin.finding', words: ['inconclusive'] }),
  ],
};
