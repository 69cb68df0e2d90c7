import type { Baseline, RunSubject } from '../../src/contracts/activities.ts';
import type { RecommendationType } from '../../src/contracts/api/recommendations.ts';
import type { WorldAction } from '../../src/contracts/world-actions.ts';
import type { ApprovalGate } from '../support/approval.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';
import { followToCompletion, takeSnapshot } from './execution.ts';
import { measureLatencyForecast } from './fleet.ts';
import { measureService } from './measures.ts';
import {
  approve,
  awaitRecommendation,
  awaitValidations,
  recordInitialState,
  triggerAnalysis,
  type Approved,
} from './until-approved.ts';

type Proposing = 'record-initial-state' | 'trigger-analysis' | 'await-recommendation';
type Agreeing = 'multi-agent-validation' | 'take-snapshot' | 'customer-approval';
type Measuring =
  'monitor-execution' | 'verify-configuration' | 'validate-service' | 'validate-forecast' | 'verify-learning';

export interface Proposed {
  readonly subject: RunSubject;
  readonly baseline: Baseline;
  readonly analysisId: string;
  readonly recommendationId: string;
}

/** The performance agent looks at a running customer and recommends. */
export async function proposeTuning(
  run: ScenarioRun,
  at: (phase: Proposing) => At,
  subject: RunSubject,
  type: RecommendationType,
): Promise<Proposed> {
  const baseline = await recordInitialState(run, at('record-initial-state'), subject);
  const analysis = await triggerAnalysis(run, at('trigger-analysis'), subject, 'performance');
  const wanted = { ...analysis, type };
  const recommendationId = await awaitRecommendation(run, at('await-recommendation'), subject, wanted);
  return { subject, baseline, analysisId: analysis.analysisId, recommendationId };
}

/** The other agents and the customer agree; `then` happens to the world right after the state was read. */
export async function agreeOnTuning(
  run: ScenarioRun,
  at: (phase: Agreeing) => At,
  approvals: ApprovalGate,
  proposed: Proposed,
  then: WorldAction | null = null,
) {
  const { subject, recommendationId } = proposed;
  await awaitValidations(run, at('multi-agent-validation'), subject, recommendationId);
  const snapshot = await takeSnapshot(run, at('take-snapshot'), subject, then);
  const optimizationId = await approve(run, at('customer-approval'), approvals, proposed);
  return { ...proposed, snapshot, optimizationId };
}

/** The rollout followed to its end, and everything that was said of it measured. */
export async function measureTuning(
  run: ScenarioRun,
  at: (phase: Measuring) => At,
  approved: Approved,
): Promise<void> {
  const { subject, recommendationId, optimizationId } = approved;
  const { settledAtMs } = await followToCompletion(run, at('monitor-execution'), approved);
  const { phase, gates } = at('verify-configuration');
  await run.phase(phase, (call) => call('probe').inspectConfiguration({ subject, recommendationId }), gates);
  const after = { subject, prefix: 'after', sinceMs: settledAtMs };
  const window = await measureService(run, at('validate-service'), after);
  await measureLatencyForecast(run, at('validate-forecast'), { subject, recommendationId, window });
  const learning = at('verify-learning');
  await run.phase(
    learning.phase,
    (call) => call('longWait').readLesson({ subject, optimizationId }),
    learning.gates,
  );
}
