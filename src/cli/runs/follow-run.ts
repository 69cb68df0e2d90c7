import type { WorkflowHandle } from '@temporalio/client';

import type { ExecutionProgress } from '../../contracts/activities.ts';
import { RUN_STATE_QUERY, workflowIdOf, type RunState } from '../../contracts/runs.ts';
import { eventsBetween, type RunReporter } from '../../reporting/events.ts';
import type { Clock } from '../../support/clock.ts';
import type { TemporalConnection } from './temporal.ts';
import { explainSilence, isClosed, queryState, SILENT_AFTER_MS, type Followed } from './workflow-state.ts';

const LOOK_MS = 200;

export interface FollowOptions {
  readonly temporal: TemporalConnection;
  readonly runId: string;
  readonly reporters: readonly RunReporter[];
  readonly clock: Clock;
  /** Aborts when the user detaches; the run goes on. */
  readonly signal: AbortSignal;
  /** Said once when the worker does not answer, and may yet. */
  readonly warn?: (text: string) => void;
}

/**
 * Shows a run until it is finished and returns its last state; null when the user detached.
 * @throws OptiInfraError `UNKNOWN_RUN`, `NO_WORKER`, `RUN_STUCK`
 */
export async function followRun(options: FollowOptions): Promise<RunState | null> {
  const { temporal, runId, reporters, clock, signal } = options;
  const handle = temporal.client.workflow.getHandle(workflowIdOf(runId));
  const followed: Followed = { handle, what: `run ${runId}` };
  let previous: RunState | null = null;
  const steps = new Map<string, string>();
  let lastAnswerWallMs = clock.wallMs();
  let warned = false;
  while (!signal.aborted) {
    const closed = await isClosed(followed);
    const next = await queryState<RunState>(temporal, followed, RUN_STATE_QUERY, clock);
    if (next === null) {
      if (clock.wallMs() - lastAnswerWallMs > SILENT_AFTER_MS) {
        const why = await explainSilence(temporal, followed, { sinceWallMs: lastAnswerWallMs });
        if (!warned) options.warn?.(`${why}; run ${runId} waits`);
        warned = true;
      }
    } else {
      lastAnswerWallMs = clock.wallMs();
      warned = false;
      // A reset makes another attempt of it, whose story begins anew.
      if (previous?.temporal.workflowRunId !== next.temporal.workflowRunId) previous = null;
      for (const event of eventsBetween(previous, next))
        reporters.forEach((reporter) => reporter.report(event));
      await reportSteps(handle, next, steps, reporters);
      previous = next;
      if (closed || isKept(next)) {
        reporters.forEach((reporter) => reporter.end?.());
        // A run that was terminated still answers, as it stood when it was.
        if (next.status !== 'finished')
          await explainSilence(temporal, followed, { sinceWallMs: lastAnswerWallMs });
        return next;
      }
    }
    if (previous !== null) for (const reporter of reporters) reporter.tick?.(previous);
    await clock.sleepWall(LOOK_MS);
  }
  reporters.forEach((reporter) => reporter.end?.());
  return null;
}

/** A red run that keeps its customers has its verdict and its pages; what it still waits for is a person. */
function isKept({ status, keptUntil }: RunState): boolean {
  return status === 'finished' && keptUntil !== undefined;
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
