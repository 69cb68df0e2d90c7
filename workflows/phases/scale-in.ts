import type { Baseline, RunSubject } from '../../src/contracts/activities.ts';
import type { RecommendationType } from '../../src/contracts/api/recommendations.ts';
import type { ApprovalGate } from '../support/approval.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';
import { followToCompletion, takeSnapshot } from './execution.ts';
import { inspectFleet, measureSavings, readAnalysis } from './fleet.ts';
import { measureService } from './measures.ts';
import {
  approve,
  awaitRecommendation,
  awaitValidations,
  recordInitialState,
  triggerAnalysis,
} from './until-approved.ts';

type ScalingIn =
  | 'record-initial-state'
  | 'trigger-analysis'
  | 'await-recommendation'
  | 'read-analysis'
  | 'multi-agent-validation'
  | 'take-snapshot'
  | 'customer-approval'
  | 'monitor-execution'
  | 'verify-fleet'
  | 'validate-service'
  | 'validate-savings';

export interface ScaledIn {
  readonly baseline: Baseline;
  readonly recommendationId: string;
  /** In which the smaller fleet was measured. */
  readonly window: { readonly startMs: number; readonly endMs: number };
}

/** The resource agent finds nodes that are not needed; they go, and everything it said of that is measured. */
export async function scaleIn(
  run: ScenarioRun,
  at: (phase: ScalingIn) => At,
  approvals: ApprovalGate,
  { subject, type }: { readonly subject: RunSubject; readonly type: RecommendationType },
): Promise<ScaledIn> {
  const baseline = await recordInitialState(run, at('record-initial-state'), subject);
  const analysis = await triggerAnalysis(run, at('trigger-analysis'), subject, 'resource');
  const recommendationId = await awaitRecommendation(run, at('await-recommendation'), subject, {
    ...analysis,
    type,
  });
  await readAnalysis(run, at('read-analysis'), subject, analysis.analysisId);
  await awaitValidations(run, at('multi-agent-validation'), subject, recommendationId);
  const snapshot = await takeSnapshot(run, at('take-snapshot'), subject);
  const optimizationId = await approve(run, at('customer-approval'), approvals, {
    subject,
    recommendationId,
  });
  const carriedOut = { subject, snapshot, baseline, recommendationId, optimizationId };
  const { settledAtMs } = await followToCompletion(run, at('monitor-execution'), carriedOut);
  await inspectFleet(run, at('verify-fleet'), carriedOut);
  const window = await measureService(run, at('validate-service'), {
    subject,
    prefix: 'after',
    sinceMs: settledAtMs,
  });
  await measureSavings(run, at('validate-savings'), carriedOut);
  return { baseline, recommendationId, window };
}
