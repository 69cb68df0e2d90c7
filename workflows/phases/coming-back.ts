import type { StepAction } from '../../src/contracts/runs.ts';
import type { WorldAction } from '../../src/contracts/world-actions.ts';
import type { ApprovalGate } from '../support/approval.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';
import { followExecution, takeSnapshot, verifyAudit, verifyRestored } from './execution.ts';
import { measureService } from './measures.ts';
import { approve, untilValidated } from './until-approved.ts';

/** What goes wrong: in the world before the rollout begins, or at one of its steps. */
export interface Failure {
  readonly before: WorldAction | null;
  readonly actions: readonly StepAction[];
}

type ComingBack =
  | Parameters<Parameters<typeof untilValidated>[1]>[0]
  | 'take-snapshot'
  | 'customer-approval'
  | 'monitor-execution'
  | 'verify-restored'
  | 'verify-audit'
  | 'validate-service';

/** A spot migration of Acme that fails, and everything that must be as before afterwards. */
export async function comingBack(
  run: ScenarioRun,
  at: (phase: ComingBack) => At,
  approvals: ApprovalGate,
  failure: Failure,
): Promise<void> {
  const subject = await run.customer('Acme Corp');
  const validated = await untilValidated(run, at, subject);
  const snapshot = await takeSnapshot(run, at('take-snapshot'), subject, failure.before);
  const optimizationId = await approve(run, at('customer-approval'), approvals, validated);
  const told = { ...validated, optimizationId };
  await followExecution(run, at('monitor-execution'), { ...told, actions: failure.actions });
  await verifyRestored(run, at('verify-restored'), { subject, snapshot });
  await verifyAudit(run, at('verify-audit'), told);
  await measureService(run, at('validate-service'), { subject, prefix: 'restored' });
}
