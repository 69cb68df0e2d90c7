import type { Baseline, RunSubject } from '../../src/contracts/activities.ts';
import type { AgentType } from '../../src/contracts/api/common.ts';
import type { RecommendationType } from '../../src/contracts/api/recommendations.ts';
import { decideAndApprove, type ApprovalGate } from '../support/approval.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';

/** Measures what later phases compare with, before anything changes. */
export async function recordInitialState(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
): Promise<Baseline> {
  const baseline = await run.phase(
    phase,
    (call) => call('probe').recordInitialState({ subject, prices: run.input.prices }),
    gates,
  );
  run.remember({ baseline });
  return baseline;
}

export interface Analysis {
  readonly analysisId: string;
  readonly startedAt: string;
}

/** Asks one agent for an analysis. */
export async function triggerAnalysis(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
  agentType: AgentType,
): Promise<Analysis> {
  return run.phase(phase, (call) => call('mutate').triggerAnalysis({ subject, agentType }), gates);
}

export async function awaitRecommendation(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
  wanted: Analysis & { readonly type?: RecommendationType; readonly deployment?: string },
): Promise<string> {
  const { recommendationId } = await run.phase(
    phase,
    (call) => call('longWait').awaitRecommendation({ subject, ...wanted }),
    gates,
  );
  return recommendationId;
}

export async function awaitValidations(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
  recommendationId: string,
): Promise<void> {
  await run.phase(phase, (call) => call('longWait').awaitValidations({ subject, recommendationId }), gates);
}

/** By the customer's own token, or by a person with `--approve manual`. */
export async function approve(
  run: ScenarioRun,
  { phase, gates }: At,
  approvals: ApprovalGate,
  decided: { readonly subject: RunSubject; readonly recommendationId: string },
): Promise<string> {
  const { optimizationId } = await run.phase(
    phase,
    (call) => decideAndApprove(call, approvals, run.input, decided, phase),
    gates,
  );
  run.remember({ optimizationId });
  return optimizationId;
}

type UntilValidated =
  'record-initial-state' | 'trigger-cost-analysis' | 'await-recommendation' | 'multi-agent-validation';

export interface Validated {
  readonly subject: RunSubject;
  readonly baseline: Baseline;
  readonly recommendationId: string;
}
export interface Approved extends Validated {
  readonly optimizationId: string;
}

/** The first four phases of a spot migration, from a running customer to a validated plan. */
export async function untilValidated(
  run: ScenarioRun,
  at: (phase: UntilValidated) => At,
  subject: RunSubject,
): Promise<Validated> {
  const baseline = await recordInitialState(run, at('record-initial-state'), subject);
  const analysis = await triggerAnalysis(run, at('trigger-cost-analysis'), subject, 'cost');
  const recommendationId = await awaitRecommendation(run, at('await-recommendation'), subject, {
    ...analysis,
    type: 'spot_migration',
  });
  await awaitValidations(run, at('multi-agent-validation'), subject, recommendationId);
  return { subject, baseline, recommendationId };
}

/** And the approval after them. */
export async function untilApproved(
  run: ScenarioRun,
  at: (phase: UntilValidated | 'customer-approval') => At,
  approvals: ApprovalGate,
  subject: RunSubject,
): Promise<Approved> {
  const validated = await untilValidated(run, at, subject);
  const optimizationId = await approve(run, at('customer-approval'), approvals, validated);
  return { ...validated, optimizationId };
}
