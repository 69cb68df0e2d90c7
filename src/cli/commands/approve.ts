import type { Command } from 'commander';

import { DECIDE_UPDATE, workflowIdOf, type ApprovalDecision } from '../../contracts/runs.ts';
import { OptiInfraError, describeError } from '../../support/errors.ts';
import { actingUser } from '../acting-user.ts';

interface ApproveOptions {
  readonly name: string;
  readonly by: string;
  readonly reason: string;
  readonly reject?: boolean;
}

export function registerApprove(program: Command): void {
  program
    .command('approve')
    .description('decide on the recommendation a run waits for (`e2e run --approve manual`)')
    .argument('<run>', 'id of the run')
    .requiredOption('--reason <text>', 'why')
    .option('--by <name>', 'who decides', actingUser())
    .option('--reject', 'reject instead of approving')
    .option('--name <name>', 'environment it runs in', 'default')
    .action(approve);
}

async function approve(runId: string, options: ApproveOptions): Promise<void> {
  const { connectEnvironment } = await import('../../environment/index.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { unknownRun } = await import('../runs/workflow-state.ts');
  const { WorkflowNotFoundError, WorkflowUpdateFailedError } = await import('@temporalio/client');
  const { descriptor } = connectEnvironment(options.name);
  await using temporal = await connectTemporal(descriptor);
  const decision: ApprovalDecision = {
    decision: options.reject === true ? 'reject' : 'approve',
    by: options.by,
    reason: options.reason,
  };
  try {
    const handle = temporal.client.workflow.getHandle(workflowIdOf(runId));
    const answer = await handle.executeUpdate<string, [ApprovalDecision]>(DECIDE_UPDATE, {
      args: [decision],
    });
    process.stdout.write(`${answer}\n`);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw unknownRun(`run ${runId}`);
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new OptiInfraError('USAGE', `the run refused the decision: ${describeError(error.cause)}`);
  }
}
