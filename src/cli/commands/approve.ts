import type { Command } from 'commander';

import {
  DECIDE_UPDATE,
  REFUSED_SIGNAL,
  RUN_STATE_QUERY,
  type ApprovalDecision,
  type Refusal,
  type RunState,
} from '../../contracts/runs.ts';
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
    .argument('<run>', 'id of the run, the beginning of one, or `last`')
    .requiredOption('--reason <text>', 'why')
    .option('--by <name>', 'who decides', actingUser())
    .option('--reject', 'reject instead of approving')
    .option('--name <name>', 'environment it runs in', 'default')
    .addHelpText(
      'after',
      `
Who, when and why are kept in the report, Temporal's history and the platform's audit; a refused decision is
noted in the run too.

Examples:
  e2e approve 20261128-2250 --reason "the numbers hold"
  e2e approve 20261128-2250 --reject --by dana --reason "not before the holidays"`,
    )
    .action(approve);
}

async function approve(word: string, options: ApproveOptions): Promise<void> {
  const decision = decisionOf(options);
  const { connectEnvironment } = await import('../../environment/index.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { findRun } = await import('../runs/find-run.ts');
  const { WorkflowNotFoundError, WorkflowUpdateFailedError } = await import('@temporalio/client');
  const { descriptor } = connectEnvironment(options.name);
  await using temporal = await connectTemporal(descriptor);
  const handle = await findRun(temporal, word);
  try {
    const { phases } = await handle.query<RunState>(RUN_STATE_QUERY);
    const phase = phases.find(({ status }) => status === 'running')?.name;
    // For what asks now: a question that comes later must not be answered by this.
    const meant = phase === undefined ? decision : { ...decision, phase };
    const answer = await handle.executeUpdate<string, [ApprovalDecision]>(DECIDE_UPDATE, { args: [meant] });
    process.stdout.write(`${answer}\n`);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw refusal('the run has ended: nothing waits for a decision');
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const why = describeError(error.cause);
    // A refused Update leaves no trace in Temporal, so the run is told of it.
    const refused: Omit<Refusal, 'at'> = { by: decision.by, what: decision.decision, why };
    await handle.signal<[typeof refused]>(REFUSED_SIGNAL, refused);
    throw refusal(`the run refused the decision: ${why}`);
  }
}

function decisionOf({ by, reason, reject }: ApproveOptions): ApprovalDecision {
  if (reason.trim() === '') throw new OptiInfraError('USAGE', '--reason must say why');
  if (by.trim() === '') throw new OptiInfraError('USAGE', '--by must name who decides');
  return { decision: reject === true ? 'reject' : 'approve', by, reason };
}

function refusal(message: string): OptiInfraError {
  return new OptiInfraError('DECISION_REFUSED', message, { hint: '`e2e watch` shows where the run is.' });
}
