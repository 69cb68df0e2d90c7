import { TASK_QUEUES } from '../../contracts/environment.ts';
import { SUITE_WORKFLOW, suiteWorkflowIdOf, type SuiteInput } from '../../contracts/suites.ts';
import { OptiInfraError, describeError } from '../../support/errors.ts';
import type { TemporalConnection } from '../runs/temporal.ts';
import { inScheduleWords } from './schedule-errors.ts';
import { NOTE_KEY, OVERLAPS, type Overlap, type ScheduleNote } from './words.ts';

export type SchedulePlan =
  { readonly cron: string; readonly timeZone: string } | { readonly everyMs: number };

export interface ScheduleRequest {
  readonly name: string;
  readonly plan: SchedulePlan;
  readonly suite: SuiteInput;
  readonly overlap: Overlap;
  readonly catchUpWindowMs: number;
  readonly jitterMs: number;
  readonly pauseOnFailure: boolean;
  readonly paused: boolean;
  /** What the person wants to be read with the schedule; empty when nothing. */
  readonly note: string;
  readonly about: ScheduleNote;
}

/**
 * Makes a schedule whose action is the suite, and gives its next times.
 * @throws OptiInfraError `SCHEDULE_EXISTS`; `USAGE` for a plan that Temporal refuses or that never comes
 */
export async function createSchedule(
  temporal: TemporalConnection,
  request: ScheduleRequest,
): Promise<readonly Date[]> {
  const { ScheduleAlreadyRunning } = await import('@temporalio/client');
  const { name, plan } = request;
  return inScheduleWords(temporal, name, async () => {
    try {
      const handle = await temporal.client.schedule.create(optionsOf(request));
      const { nextActionTimes } = (await handle.describe()).info;
      if (nextActionTimes.length > 0) return nextActionTimes;
      await handle.delete();
    } catch (error) {
      if (error instanceof ScheduleAlreadyRunning) throw scheduleExists(name, error);
      // What Temporal says of a plan that it cannot read: the field and what it may be.
      if (error instanceof TypeError) throw badPlan(plan, describeError(error), error);
      throw error;
    }
    throw badPlan(plan, 'there is no such time, it would never start');
  });
}

function optionsOf(request: ScheduleRequest) {
  const { name, plan, suite, overlap, jitterMs, paused, note, about } = request;
  const jitter = jitterMs === 0 ? {} : { jitter: jitterMs };
  return {
    scheduleId: name,
    spec:
      'cron' in plan
        ? { cronExpressions: [plan.cron], timezone: plan.timeZone, ...jitter }
        : { intervals: [{ every: plan.everyMs }], ...jitter },
    action: {
      type: 'startWorkflow' as const,
      workflowType: SUITE_WORKFLOW,
      // Temporal appends the time for which it starts.
      workflowId: suiteWorkflowIdOf(name),
      taskQueue: TASK_QUEUES.harness,
      args: [suite],
      staticSummary: `${suite.title}, by schedule ${name}`,
    },
    policies: {
      overlap: OVERLAPS[overlap],
      catchupWindow: request.catchUpWindowMs,
      pauseOnFailure: request.pauseOnFailure,
    },
    state: { paused, ...(note === '' ? {} : { note }) },
    memo: { [NOTE_KEY]: about },
  };
}

function scheduleExists(name: string, cause: Error): OptiInfraError {
  return new OptiInfraError('SCHEDULE_EXISTS', `there is a schedule "${name}" already`, {
    cause,
    hint: `\`e2e schedule show ${name}\` shows it; \`e2e schedule delete ${name}\` makes room.`,
  });
}

function badPlan(plan: SchedulePlan, why: string, cause?: unknown): OptiInfraError {
  const [flag, text, hint] =
    'cron' in plan
      ? [
          '--cron',
          plan.cron,
          'Five fields: minute, hour, day of month, month, day of week; `0 2 * * *` is every night at two.',
        ]
      : ['--every', `${String(plan.everyMs)} ms`, 'For example `--every 1h`.'];
  return new OptiInfraError('USAGE', `${flag} "${text}": ${why}`, {
    hint,
    ...(cause === undefined ? {} : { details: { cause } }),
  });
}
