import type { RunState, ScenarioInput } from '../src/contracts/runs.ts';
import { APPROVAL_DEADLINE_MS, SPOT_MIGRATION } from '../src/contracts/scenarios.ts';
import * as gates from '../src/assertions/spot-migration.ts';
import { runScenario } from './support/run-scenario.ts';
import { createApprovalGate, decideAndApprove } from './support/approval.ts';

/** Acme moves three of its four on-demand nodes to spot, and every claim about it is measured. */
export async function spotMigration(input: ScenarioInput): Promise<RunState> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(SPOT_MIGRATION, input, async (run) => {
    const subject = await run.customer('Acme Corp');

    const baseline = await run.phase(
      'record-initial-state',
      (call) => call('probe').recordInitialState({ subject, prices: input.prices }),
      gates.initialState,
    );
    run.remember({ baseline });

    const { analysisId, startedAt } = await run.phase(
      'trigger-cost-analysis',
      (call) => call('mutate').triggerAnalysis({ subject }),
      gates.analysisTriggered,
    );

    const { recommendationId } = await run.phase(
      'await-recommendation',
      (call) => call('longWait').awaitRecommendation({ subject, analysisId, startedAt }),
      gates.recommendation,
    );

    await run.phase(
      'multi-agent-validation',
      (call) => call('longWait').awaitValidations({ subject, recommendationId }),
      gates.validation,
    );

    const { optimizationId } = await run.phase(
      'customer-approval',
      (call) => decideAndApprove(call, approvals, input.approve, { subject, recommendationId }),
      gates.approval,
    );
    run.remember({ optimizationId });

    const { settledAtMs } = await run.phase(
      'monitor-execution',
      (call) => call('longWait').monitorExecution({ subject, optimizationId }),
      gates.execution,
    );

    await run.phase(
      'validate-quality',
      (call) => call('longWait').measureQuality({ subject, baseline, sinceMs: settledAtMs }),
      gates.quality,
    );

    const { savingsUsdPerMonth } = await run.phase(
      'validate-savings',
      (call) => call('probe').measureSavings({ subject, baseline, recommendationId, optimizationId }),
      gates.savings,
    );

    // Not part of the phase: a customer like the first one, who has run for a while before asking for advice.
    const twin = await run.customer('Twin of Acme');

    await run.phase(
      'verify-learning',
      (call) =>
        call('longWait').verifyLearning({
          subject,
          twin,
          recommendationId,
          optimizationId,
          savingsUsdPerMonth,
        }),
      gates.learning,
    );
  });
}
