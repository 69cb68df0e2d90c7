import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  isGrpcServiceError,
  type Client,
} from '@temporalio/client';

import { TASK_QUEUES } from '../../../contracts/environment.ts';
import type { Clock } from '../../../support/clock.ts';
import { OptiInfraError, describeError } from '../../../support/errors.ts';
import {
  CANCEL_UPDATE,
  DECIDE_UPDATE,
  PROGRESS_QUERY,
  ROLLOUT,
  rolloutWorkflowId,
  type CancelRequest,
  type HumanDecision,
  type RolloutInput,
  type RolloutProgress,
} from '../contract.ts';
import type { TemporalClient } from './temporal.ts';

interface ExecutionView {
  readonly optimization_id: string;
  readonly workflow_id: string;
  /** Temporal's word: RUNNING, COMPLETED, FAILED, … */
  readonly status: string;
  /** Null when no worker answered in time. */
  readonly progress: RolloutProgress | null;
}
/** Rollouts as Temporal knows them. */
export interface Executions {
  /** Starts it once, whatever the number of calls, also after it ended. */
  start(optimizationId: string): Promise<{ readonly workflow_id: string }>;
  cancel(optimizationId: string, request: CancelRequest): Promise<void>;
  decide(optimizationId: string, decision: HumanDecision): Promise<void>;
  view(optimizationId: string): Promise<ExecutionView>;
  healthy(): Promise<void>;
}

const QUERY_LIMIT_MS = 3_000;
const UPDATE_LIMIT_MS = 10_000;

export function createExecutions(temporal: TemporalClient, clock: Clock): Executions {
  const update = async (optimizationId: string, name: string, input: object): Promise<void> => {
    const client = await temporal.client();
    const handle = client.workflow.getHandle(rolloutWorkflowId(optimizationId));
    await translated(optimizationId, () =>
      client.withDeadline(clock.wallMs() + UPDATE_LIMIT_MS, () =>
        handle.executeUpdate(name, { args: [input] }),
      ),
    );
  };
  return {
    start: (optimizationId) => translated(optimizationId, () => start(temporal, optimizationId)),
    cancel: (optimizationId, request) => update(optimizationId, CANCEL_UPDATE, request),
    decide: (optimizationId, decision) => update(optimizationId, DECIDE_UPDATE, decision),
    view: (optimizationId) =>
      translated(optimizationId, async () => view(optimizationId, await temporal.client(), clock)),
    healthy: async () => {
      const client = await temporal.client();
      await client.connection.workflowService.getSystemInfo({});
    },
  };
}

async function start(temporal: TemporalClient, optimizationId: string): Promise<{ workflow_id: string }> {
  const workflowId = rolloutWorkflowId(optimizationId);
  const client = await temporal.client();
  try {
    const handle = await client.workflow.start(ROLLOUT, {
      workflowId,
      taskQueue: TASK_QUEUES.executor,
      args: [{ optimizationId } satisfies RolloutInput],
      workflowIdConflictPolicy: 'USE_EXISTING',
      // One approval, one rollout: a closed one is not run again.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `Rollout of ${optimizationId}`,
    });
    return { workflow_id: handle.workflowId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { workflow_id: workflowId };
    throw error;
  }
}

async function view(optimizationId: string, client: Client, clock: Clock): Promise<ExecutionView> {
  const handle = client.workflow.getHandle(rolloutWorkflowId(optimizationId));
  const description = await handle.describe();
  const progress = await client
    .withDeadline(clock.wallMs() + QUERY_LIMIT_MS, () => handle.query<RolloutProgress>(PROGRESS_QUERY))
    .catch((error: unknown) => {
      // A worker that is away is no reason to hide what Temporal knows.
      if (isGrpcServiceError(error)) return null;
      throw error;
    });
  return {
    optimization_id: optimizationId,
    workflow_id: handle.workflowId,
    status: description.status.name,
    progress,
  };
}

/** Temporal's errors in the platform's words. */
async function translated<T>(optimizationId: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      throw new OptiInfraError('NOT_FOUND', `no rollout of ${optimizationId} is running`, { cause: error });
    }
    if (error instanceof WorkflowUpdateFailedError) {
      throw new OptiInfraError('INVALID_STATE', describeError(error.cause ?? error), { cause: error });
    }
    if (isGrpcServiceError(error)) {
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', `Temporal: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
