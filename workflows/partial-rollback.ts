import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, PARTIAL_ROLLBACK } from '../src/contracts/scenarios/index.ts';
import { partialRollbackGates } from '../src/assertions/scenarios/partial-rollback.ts';
import { phasesWith } from './phases/at.ts';
import { followExecution, verifyAudit } from './phases/execution.ts';
import { measureService } from './phases/measures.ts';
import { together } from './phases/quality.ts';
import { approve, untilValidated } from './phases/until-approved.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(partialRollbackGates);

/** The cloud refuses to end a node after another is gone: half of the way back is closed, and the rest is gone. */
export async function partialRollback(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(PARTIAL_ROLLBACK, input, async (run) => {
    const subject = await run.customer('Acme Corp');
    const validated = await untilValidated(run, at, subject);
    const { recommendationId } = validated;
    const snapshot = await run.phase(
      'take-snapshot',
      async (call) => {
        const seen = await call('probe').takeSnapshot({ subject });
        const guarded = await call('mutate').protectRetiring({ subject, recommendationId });
        return { ...together(seen, guarded), output: guarded.output === null ? null : seen.output };
      },
      partialRollbackGates['take-snapshot'],
    );
    const optimizationId = await approve(run, at('customer-approval'), approvals, validated);
    await followExecution(run, at('monitor-execution'), { subject, optimizationId });
    await run.phase(
      'inspect-leftovers',
      (call) => call('probe').inspectPartialRollback({ subject, snapshot, optimizationId }),
      partialRollbackGates['inspect-leftovers'],
    );
    await verifyAudit(run, at('verify-audit'), { subject, recommendationId, optimizationId });
    const sinceMs = snapshot.takenAtWorldMs;
    await measureService(run, at('validate-service'), { subject, prefix: 'meanwhile', sinceMs });
  });
}
