import type { WorkflowHandle } from '@temporalio/client';

import { NAMESPACES, TASK_QUEUES } from '../../contracts/environment.ts';
import type { ExecutionProgress } from '../../contracts/activities.ts';
import { RUN_STATE_QUERY, workflowIdOf, type RunState } from '../../contracts/runs.ts';
import { eventsBetween, type RunReporter } from '../../reporting/events.ts';
import type { Clock } from '../../support/clock.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { TemporalConnection } from './temporal.ts';

const LOOK_MS = 200;
/** A run that nobody works on is said within ten seconds. */
const NO_WORKER_AFTER_MS = 8_000;
const QUERY_TIMEOUT_MS = 3_000;

export interface FollowOptions {
  readonly temporal: TemporalConnection;
  readonly runId: string;
  readonly reporters: readonly RunReporter[];
  readonly clock: Clock;
  /** Aborts when the user detaches; the run goes on. */
  readonly signal: AbortSignal;
}

/**
 * Shows a run until it is finished and returns its last state; null when the user detached.
 * @throws OptiInfraError `UNKNOWN_RUN`, `NO_WORKER`, `RUN_STUCK`
 */
export async function followRun(options: FollowOptions): Promise<RunState | null> {
  const { temporal, runId, reporters, clock, signal } = options;
  const handle = temporal.client.workflow.getHandle(workflowIdOf(runId));
  let previous: RunState | null = null;
  const steps = new Map<string, string>();
  let lastAnswerMs = clock.monotonicMs();
  while (!signal.aborted) {
    const closed = await isClosed(handle, runId);
    const next = await readState(temporal, handle, runId, clock);
    if (next === null) {
      if (clock.monotonicMs() - lastAnswerMs > NO_WORKER_AFTER_MS) await explainSilence(temporal, runId);
    } else {
      lastAnswerMs = clock.monotonicMs();
      for (const event of eventsBetween(previous, next))
        reporters.forEach((reporter) => reporter.report(event));
      await reportSteps(handle, next, steps, reporters);
      previous = next;
      if (closed) {
        reporters.forEach((reporter) => reporter.end?.());
        // A run that was terminated still answers, as it stood when it was.
        if (next.status !== 'finished') await explainSilence(temporal, runId);
        return next;
      }
    }
    if (previous !== null) for (const reporter of reporters) reporter.tick?.(previous);
    await clock.sleepWall(LOOK_MS);
  }
  reporters.forEach((reporter) => reporter.end?.());
  return null;
}

/** Null when no worker answered this time. */
async function readState(
  { connection }: TemporalConnection,
  handle: WorkflowHandle,
  runId: string,
  clock: Clock,
): Promise<RunState | null> {
  const { QueryNotRegisteredError, WorkflowNotFoundError, ServiceError } = await import('@temporalio/client');
  try {
    return await connection.withDeadline(clock.wallMs() + QUERY_TIMEOUT_MS, () =>
      handle.query<RunState>(RUN_STATE_QUERY),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw unknownRun(runId);
    // Before its first task a workflow knows no query.
    if (error instanceof QueryNotRegisteredError || error instanceof ServiceError) return null;
    throw error;
  }
}

export function unknownRun(runId: string): OptiInfraError {
  return new OptiInfraError('UNKNOWN_RUN', `no run ${runId} in this environment`, {
    hint: '`e2e show` lists the runs there are.',
  });
}

/** Asked before the state: the state says finished before the last activity (the report) has returned. */
async function isClosed(handle: WorkflowHandle, runId: string): Promise<boolean> {
  const { WorkflowNotFoundError, ServiceError } = await import('@temporalio/client');
  try {
    const { status } = await handle.describe();
    return status.name !== 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw unknownRun(runId);
    if (error instanceof ServiceError) return false;
    throw error;
  }
}

async function explainSilence({ connection, client }: TemporalConnection, runId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowIdOf(runId));
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING' && status.name !== 'COMPLETED') {
    throw new OptiInfraError('UNKNOWN_RUN', `run ${runId} ended as ${status.name} without a verdict`, {
      hint: `Temporal's UI shows why: \`e2e ui\` or the workflow ${workflowIdOf(runId)}.`,
    });
  }
  const failure = await failureOfCode(handle);
  if (failure !== null) {
    throw new OptiInfraError('RUN_STUCK', `run ${runId} stands still, its workflow code fails: ${failure}`, {
      hint: 'It goes on once a worker with mended code is started: `e2e down`, `e2e up`, `e2e watch`.',
    });
  }
  const { default: proto } = await import('@temporalio/proto');
  const { TaskQueueType } = proto.temporal.api.enums.v1;
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace: NAMESPACES.harness,
    taskQueue: { name: TASK_QUEUES.harness },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  if (pollers.length > 0) return;
  throw new OptiInfraError(
    'NO_WORKER',
    `no worker polls the task queue ${TASK_QUEUES.harness}; the run waits`,
    {
      hint: 'Start one with `e2e up`; `e2e watch` comes back to the run.',
    },
  );
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

/** Sub-steps come from the heartbeat of the running activity: the workflow itself learns them only at its end. */
async function reportSteps(
  handle: WorkflowHandle,
  run: RunState,
  known: Map<string, string>,
  reporters: readonly RunReporter[],
): Promise<void> {
  if (!run.phases.some(({ status, name }) => status === 'running' && name === 'monitor-execution')) return;
  const { raw } = await handle.describe();
  for (const pending of raw.pendingActivities ?? []) {
    for (const { name, status } of progressOf(pending.heartbeatDetails?.payloads?.[0]?.data)) {
      if (status === 'pending' || known.get(name) === status) continue;
      known.set(name, status);
      reporters.forEach((reporter) => reporter.report({ type: 'step-changed', step: name, status }));
    }
  }
}

function progressOf(data: Uint8Array | null | undefined): ExecutionProgress['steps'] {
  if (data === null || data === undefined || data.length === 0) return [];
  const details = JSON.parse(Buffer.from(data).toString()) as Partial<ExecutionProgress> | null;
  return details?.steps ?? [];
}
