import type { ExecutionProgress } from '../../contracts/activities.ts';
import { RUN_STATE_QUERY, workflowIdOf, type RunState } from '../../contracts/runs.ts';
import { SUITE_STATE_QUERY, type SuiteState } from '../../contracts/suites.ts';
import { phaseEventsBetween, suiteEventsBetween, type SuiteEvent } from '../../reporting/suite-events.ts';
import type { Clock } from '../../support/clock.ts';
import type { TemporalConnection } from './temporal.ts';
import { explainSilence, isClosed, queryState, SILENT_AFTER_MS, type Followed } from './workflow-state.ts';

const LOOK_MS = 400;

/** An activity of a run that is tried again, with why. */
export interface Retry {
  readonly activity: string;
  readonly attempt: number;
  readonly failure: string;
}
/** A run under way, as it stands now. */
export interface LiveRun {
  readonly runId: string;
  /** Null before its first answer. */
  readonly run: RunState | null;
  /** The running step of an optimization. */
  readonly step: string | null;
  readonly retries: readonly Retry[];
}
export interface SuiteView {
  readonly suite: SuiteState;
  readonly live: readonly LiveRun[];
}
/** Observes a suite; one that throws fails the command. */
export interface SuiteReporter {
  report(event: SuiteEvent): void;
  /** Called often while a suite is watched. */
  tick?(view: SuiteView): void;
  /** What is said when the suite does not answer. */
  warn(text: string): void;
  end?(): void;
}

export interface FollowSuiteOptions {
  readonly temporal: TemporalConnection;
  readonly suiteId: string;
  readonly workflowId: string;
  readonly reporter: SuiteReporter;
  readonly clock: Clock;
  /** Aborts when the user detaches; the suite goes on. */
  readonly signal: AbortSignal;
}

/**
 * Shows a suite until it is finished and returns its last state; null when the user detached.
 * @throws OptiInfraError `UNKNOWN_RUN`, `NO_WORKER`, `RUN_STUCK`
 */
export async function followSuite(options: FollowSuiteOptions): Promise<SuiteState | null> {
  const { temporal, clock, signal, reporter } = options;
  // Without a run id: the handle follows the suite into its next history.
  const handle = temporal.client.workflow.getHandle(options.workflowId);
  const followed: Followed = { handle, what: `suite ${options.suiteId}` };
  const runs = new Map<string, RunState>();
  let previous: SuiteState | null = null;
  let lastAnswerWallMs = clock.wallMs();
  let warned = false;
  try {
    while (!signal.aborted) {
      const closed = await isClosed(followed);
      const suite = await queryState<SuiteState>(temporal, followed, SUITE_STATE_QUERY, clock);
      if (suite === null || (closed && suite.status !== 'finished')) {
        if (closed || clock.wallMs() - lastAnswerWallMs > SILENT_AFTER_MS) {
          const why = await explainSilence(temporal, followed, { sinceWallMs: lastAnswerWallMs });
          if (!warned && !closed) reporter.warn(`${why}; suite ${options.suiteId} waits`);
          warned = true;
        }
      } else {
        lastAnswerWallMs = clock.wallMs();
        warned = false;
        const live = await liveRuns(options, suite);
        for (const event of [...phaseEvents(runs, live), ...suiteEventsBetween(previous, suite)])
          reporter.report(event);
        previous = suite;
        reporter.tick?.({ suite, live });
        if (closed) return suite;
      }
      await clock.sleepWall(LOOK_MS, signal).catch(() => undefined);
    }
    return null;
  } finally {
    reporter.end?.();
  }
}

function phaseEvents(known: Map<string, RunState>, live: readonly LiveRun[]): SuiteEvent[] {
  return live.flatMap(({ runId, run }) => {
    if (run === null) return [];
    const events = phaseEventsBetween(known.get(runId) ?? null, run);
    known.set(runId, run);
    return events;
  });
}

function liveRuns(options: FollowSuiteOptions, suite: SuiteState): Promise<LiveRun[]> {
  const running = suite.items.filter(
    ({ status, runIds, runs }) => status === 'running' && runIds.length > runs.length,
  );
  return Promise.all(
    running.flatMap(({ runIds }) => runIds.at(-1) ?? []).map((runId) => lookAt(options, runId)),
  );
}

/** A run that has ended, or not begun, since the suite answered is not there; the next look at the suite knows more. */
async function lookAt({ temporal, clock }: FollowSuiteOptions, runId: string): Promise<LiveRun> {
  const { ServiceError, WorkflowNotFoundError } = await import('@temporalio/client');
  const handle = temporal.client.workflow.getHandle(workflowIdOf(runId));
  const nothing: LiveRun = { runId, run: null, step: null, retries: [] };
  try {
    const [run, { raw }] = await Promise.all([
      queryState<RunState>(temporal, { handle, what: `run ${runId}` }, RUN_STATE_QUERY, clock),
      handle.describe(),
    ]);
    const pending = raw.pendingActivities ?? [];
    return {
      runId,
      run,
      step:
        pending
          .map((each) => stepOf(each.heartbeatDetails?.payloads?.[0]?.data))
          .find((each) => each !== null) ?? null,
      retries: pending.flatMap(({ activityType, attempt, lastFailure }) =>
        (attempt ?? 1) > 1
          ? [
              {
                activity: activityType?.name ?? '?',
                attempt: attempt ?? 1,
                failure: lastFailure?.message ?? 'no reason given',
              },
            ]
          : [],
      ),
    };
  } catch (error) {
    const isUnknown = error instanceof Error && 'code' in error && error.code === 'UNKNOWN_RUN';
    if (isUnknown || error instanceof WorkflowNotFoundError || error instanceof ServiceError) return nothing;
    throw error;
  }
}

/** From the heartbeat of the activity that follows an optimization. */
function stepOf(data: Uint8Array | null | undefined): string | null {
  if (data === null || data === undefined || data.length === 0) return null;
  const details = JSON.parse(Buffer.from(data).toString()) as Partial<ExecutionProgress> | null;
  return (
    details?.steps?.findLast(({ status }) => status !== 'pending' && status !== 'completed')?.name ?? null
  );
}
