import { randomUUID } from 'node:crypto';

import { RERUN_UPDATE, type RerunOrder } from '../../contracts/attempts.ts';
import { NAMESPACES } from '../../contracts/environment.ts';
import type { RunState } from '../../contracts/runs.ts';
import type { Clock } from '../../support/clock.ts';
import { OptiInfraError, describeError } from '../../support/errors.ts';
import type { RerunPlan } from './plan-rerun.ts';
import type { TemporalConnection } from './temporal.ts';

/** The run waits 30 s for its order. */
const ORDER_TIMEOUT_MS = 25_000;

/**
 * Resets the run and orders the attempt; what was decided by hand before is asked again, so nothing is re-applied.
 * @throws OptiInfraError `RERUN_REFUSED` when another re-run came first, `NO_WORKER` when nobody takes the order
 */
export async function orderRerun(
  { client, connection }: TemporalConnection,
  { temporal }: RunState,
  { order, resetPoint }: RerunPlan,
  clock: Clock,
): Promise<string> {
  const { default: proto } = await import('@temporalio/proto');
  const {
    RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL: signal,
    RESET_REAPPLY_EXCLUDE_TYPE_UPDATE: update,
    RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST: cancelRequest,
  } = proto.temporal.api.enums.v1.ResetReapplyExcludeType;
  const { workflowId, workflowRunId } = temporal;
  const handle = client.workflow.getHandle(workflowId);
  const { runId: current } = await handle.describe();
  if (current !== workflowRunId) {
    throw new OptiInfraError('RERUN_REFUSED', `another attempt of ${workflowId} has begun meanwhile`, {
      hint: '`e2e watch` shows it.',
    });
  }
  await client.workflowService.resetWorkflowExecution({
    namespace: NAMESPACES.harness,
    workflowExecution: { workflowId, runId: workflowRunId },
    reason: `attempt ${String(order.attempt)} from ${order.fromPhase}, by ${order.by}: ${order.reason}`,
    requestId: randomUUID(),
    workflowTaskFinishEventId: resetPoint,
    resetReapplyExcludeTypes: [signal, update, cancelRequest],
  });
  try {
    return await connection.withDeadline(clock.wallMs() + ORDER_TIMEOUT_MS, () =>
      handle.executeUpdate<string, [RerunOrder]>(RERUN_UPDATE, { args: [order] }),
    );
  } catch (error) {
    throw await explain(error);
  }
}

/** The reset has happened by now: the run will say in its report that nobody ordered, unless the order still comes. */
async function explain(error: unknown): Promise<Error> {
  const { ServiceError, WorkflowUpdateFailedError } = await import('@temporalio/client');
  if (error instanceof WorkflowUpdateFailedError) {
    return new OptiInfraError('RERUN_REFUSED', `the run refused the order: ${describeError(error.cause)}`);
  }
  if (!(error instanceof ServiceError)) return error as Error;
  return new OptiInfraError('NO_WORKER', 'no worker took the order of the re-run in time', {
    cause: error,
    hint: 'Start one with `e2e up`; then order again.',
  });
}
