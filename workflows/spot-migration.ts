import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, SPOT_MIGRATION } from '../src/contracts/scenarios/index.ts';
import { spotMigrationGates } from '../src/assertions/scenarios/spot-migration.ts';
import { phasesWith } from './phases/at.ts';
import { followToCompletion } from './phases/execution.ts';
import { untilApproved } from './phases/until-approved.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(spotMigrationGates);

/** Acme moves three of its four on-demand nodes to spot, and every claim about it is measured. */
export async function spotMigration(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(SPOT_MIGRATION, input, async (run) => {
    const subject = await run.customer('Acme Corp');
    const approved = await untilApproved(run, at, approvals, subject);
    const { baseline, recommendationId, optimizationId } = approved;
    const { settledAtMs } = await followToCompletion(run, at('monitor-execution'), approved);

    await run.phase(
      'validate-quality',
      (call) => call('longWait').measureQuality({ subject, baseline, sinceMs: settledAtMs }),
      spotMigrationGates['validate-quality'],
    );

    const { savingsUsdPerMonth } = await run.phase(
      'validate-savings',
      (call) => call('probe').measureSavings({ subject, baseline, recommendationId, optimizationId }),
      spotMigrationGates['validate-savings'],
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
      spotMigrationGates['verify-learning'],
    );
  });
}
