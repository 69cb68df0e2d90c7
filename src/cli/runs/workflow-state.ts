import type { WorkflowHandle } from '@temporalio/client';

import { NAMESPACES, TASK_QUEUES } from '../../contracts/environment.ts';
import type { Clock } from '../../support/clock.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { TemporalConnection } from './temporal.ts';

const QUERY_TIMEOUT_MS = 3_000;
/** A workflow that nobody works on is said within ten seconds: a query that is out by then has its own three. */
export const SILENT_AFTER_MS = 6_000;

/** A workflow as its follower speaks of it: `run 20261128-…`. */
export interface Followed {
  readonly handle: WorkflowHandle;
  readonly what: string;
}

export function unknownRun(what: string): OptiInfraError {
  return new OptiInfraError('UNKNOWN_RUN', `no ${what} in this environment`, {
    hint: '`e2e show` lists the runs there are.',
  });
}

/** The answer to a query; null when no worker answered this time. @throws OptiInfraError `UNKNOWN_RUN` */
export async function queryState<T>(
  { connection }: TemporalConnection,
  { handle, what }: Followed,
  query: string,
  clock: Clock,
): Promise<T | null> {
  const { QueryNotRegisteredError, WorkflowNotFoundError, ServiceError } = await import('@temporalio/client');
  try {
    return await connection.withDeadline(clock.wallMs() + QUERY_TIMEOUT_MS, () => handle.query<T>(query));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw unknownRun(what);
    // Before its first task a workflow knows no query.
    if (error instanceof QueryNotRegisteredError || error instanceof ServiceError) return null;
    throw error;
  }
}

/** Asked before the state: the state says finished before the last activity (the report) has returned. */
export async function isClosed({ handle, what }: Followed): Promise<boolean> {
  const { WorkflowNotFoundError, ServiceError } = await import('@temporalio/client');
  try {
    const { status } = await handle.describe();
    return status.name !== 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw unknownRun(what);
    if (error instanceof ServiceError) return false;
    throw error;
  }
}

/**
 * Why a workflow does not answer. Returns what can be said while it may still go on.
 * @throws OptiInfraError `UNKNOWN_RUN` when it ended without a verdict, `RUN_STUCK`, `NO_WORKER`
 */
export async function explainSilence(
  { connection }: TemporalConnection,
  { handle, what }: Followed,
  silent: { readonly sinceWallMs: number },
): Promise<string> {
  const { status, taskQueue } = await handle.describe();
  if (status.name !== 'RUNNING' && status.name !== 'COMPLETED') {
    throw new OptiInfraError('UNKNOWN_RUN', `${what} ended as ${status.name} without a verdict`, {
      hint: `Temporal's UI shows why: \`e2e ui\` or the workflow ${handle.workflowId}.`,
    });
  }
  const failure = await failureOfCode(handle);
  if (failure !== null) {
    throw new OptiInfraError('RUN_STUCK', `${what} stands still, its workflow code fails: ${failure}`, {
      hint: 'It goes on once a worker with mended code is started: `e2e down`, `e2e up`, `e2e watch`.',
    });
  }
  const lastPollMs = await lastPollOfWorkers(connection, taskQueue);
  if (lastPollMs === null) {
    const own = taskQueue === TASK_QUEUES.harness;
    throw new OptiInfraError('NO_WORKER', `no worker polls the task queue ${taskQueue}; ${what} waits`, {
      hint: `Start one with \`${own ? 'e2e up' : 'e2e work --project'}\`; \`e2e watch\` comes back to it.`,
    });
  }
  // Temporal remembers a dead worker for minutes; a live one would have come back for the query that it was sent.
  return lastPollMs < silent.sinceWallMs
    ? `no worker polls the task queue ${taskQueue} any more`
    : 'the worker is slow to answer';
}

async function lastPollOfWorkers(
  connection: TemporalConnection['connection'],
  taskQueue: string,
): Promise<number | null> {
  const { default: proto } = await import('@temporalio/proto');
  const { tsToMs } = await import('@temporalio/common/lib/time.js');
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace: NAMESPACES.harness,
    taskQueue: { name: taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  return pollers.length === 0
    ? null
    : Math.max(...pollers.map(({ lastAccessTime }) => tsToMs(lastAccessTime)));
}

/** What the last workflow task failed with; null when the code is not at fault. */
async function failureOfCode(handle: WorkflowHandle): Promise<string | null> {
  const { default: proto } = await import('@temporalio/proto');
  const {
    WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE: thrown,
    WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR: diverged,
  } = proto.temporal.api.enums.v1.WorkflowTaskFailedCause;
  const { events } = await handle.fetchHistory();
  const last = events?.findLast((event) =>
    Boolean(event.workflowTaskFailedEventAttributes ?? event.workflowTaskCompletedEventAttributes),
  )?.workflowTaskFailedEventAttributes;
  const isCode = last?.cause === thrown || last?.cause === diverged;
  return isCode ? (last.failure?.message ?? 'no reason given') : null;
}
