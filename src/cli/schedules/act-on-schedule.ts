import type { ScheduleDescription } from '@temporalio/client';

import { suiteIdOf } from '../../contracts/suites.ts';
import type { Clock } from '../../support/clock.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { waitFor } from '../../support/waiting.ts';
import type { TemporalConnection } from '../runs/temporal.ts';
import { plannedTimes, startsOf } from './read-schedule.ts';
import { inScheduleWords } from './schedule-errors.ts';
import { OVERLAPS, overlapOf, type Overlap } from './words.ts';

/** Who acts and why; both are noted with the schedule. */
export interface Reason {
  readonly by: string;
  readonly reason: string;
}

function noteText(verb: string, { by, reason }: Reason): string {
  return `${verb} by ${by}${reason === '' ? '' : `: ${reason}`}`;
}

/** Gives the note with which it was paused already, else null. */
export async function pauseSchedule(
  temporal: TemporalConnection,
  name: string,
  reason: Reason,
): Promise<string | null> {
  return inScheduleWords(temporal, name, async () => {
    const handle = temporal.client.schedule.getHandle(name);
    const { state } = await handle.describe();
    if (state.paused) return state.note ?? '';
    await handle.pause(noteText('paused', reason));
    return null;
  });
}

/** Gives its next times; null when it was not paused. */
export async function resumeSchedule(
  temporal: TemporalConnection,
  name: string,
  reason: Reason,
): Promise<readonly Date[] | null> {
  return inScheduleWords(temporal, name, async () => {
    const handle = temporal.client.schedule.getHandle(name);
    const { state, info } = await handle.describe();
    if (!state.paused) return null;
    await handle.unpause(noteText('resumed', reason));
    return info.nextActionTimes;
  });
}

/** Suites that it has started go on; gives their ids. */
export async function deleteSchedule(temporal: TemporalConnection, name: string): Promise<readonly string[]> {
  return inScheduleWords(temporal, name, async () => {
    const handle = temporal.client.schedule.getHandle(name);
    const running = runningOf(await handle.describe());
    await handle.delete();
    return running;
  });
}

export type TriggerOutcome =
  | { readonly kind: 'started'; readonly suiteId: string }
  | { readonly kind: 'skipped' | 'waits'; readonly running: readonly string[] };

const TRIGGER_DEADLINE_MS = 15_000;

/** Starts its suite now, as the overlap policy allows, and says what came of it. */
export async function triggerSchedule(
  temporal: TemporalConnection,
  name: string,
  { overlap, clock }: { readonly overlap: Overlap | undefined; readonly clock: Clock },
): Promise<TriggerOutcome> {
  return inScheduleWords(temporal, name, async () => {
    const handle = temporal.client.schedule.getHandle(name);
    const before = await handle.describe();
    // Left out, Temporal takes allow-all, and what that starts no policy sees afterwards.
    await handle.trigger(OVERLAPS[overlap ?? overlapOf(before.policies.overlap)]);
    return waitFor(
      async () => {
        const outcome = outcomeOf(before, await handle.describe());
        return outcome === null
          ? { done: false, observed: 'neither started nor skipped' }
          : { done: true, value: outcome };
      },
      {
        condition: `schedule ${name} to take up the trigger`,
        deadlineMs: TRIGGER_DEADLINE_MS,
        intervalMs: 100,
        clock,
      },
    );
  });
}

function outcomeOf(before: ScheduleDescription, after: ScheduleDescription): TriggerOutcome | null {
  const last = after.info.recentActions.at(-1);
  if (after.info.numActionsTaken > before.info.numActionsTaken && last !== undefined) {
    return { kind: 'started', suiteId: suiteIdOf(last.action.workflow.workflowId) };
  }
  const running = runningOf(after);
  if (after.info.numActionsSkippedOverlap > before.info.numActionsSkippedOverlap) {
    return { kind: 'skipped', running };
  }
  const buffered = (description: ScheduleDescription): number =>
    Number(description.raw.info?.bufferSize ?? 0);
  return buffered(after) > buffered(before) ? { kind: 'waits', running } : null;
}

function runningOf({ info }: ScheduleDescription): string[] {
  return info.runningActions.map(({ workflow }) => suiteIdOf(workflow.workflowId));
}

export interface BackfillRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly overlap: Overlap;
  /** Also what has run already. */
  readonly all: boolean;
  readonly nowMs: number;
}

const MOST_BACKFILLS = 100;
/** Half a second on both sides of a time holds no other: no plan is finer than a second. */
const AROUND_MS = 500;
const START_CUT_MS = 1_000;

/**
 * Starts suites for times of the plan that have passed, those that are missing unless told; gives these times.
 * @throws OptiInfraError `USAGE` for a range that is reversed, not over yet, without a time or with too many
 */
export async function backfillSchedule(
  temporal: TemporalConnection,
  name: string,
  request: BackfillRequest,
): Promise<readonly number[]> {
  checkRange(request);
  return inScheduleWords(temporal, name, async () => {
    const handle = temporal.client.schedule.getHandle(name);
    await handle.describe();
    const planned = await plannedTimes(temporal, name, request.fromMs, request.toMs);
    if (planned.length === 0) throw nothingDue(name);
    const started = request.all ? [] : (await startsOf(temporal, name)).map(({ dueMs }) => dueMs);
    const missing = planned.filter(
      (due) => !started.some((start) => start <= due && due - start < START_CUT_MS),
    );
    if (missing.length > MOST_BACKFILLS) throw tooMany(missing.length);
    if (missing.length > 0) {
      await handle.backfill(
        missing.map((dueMs) => ({
          start: new Date(dueMs - AROUND_MS),
          end: new Date(dueMs + AROUND_MS),
          overlap: OVERLAPS[request.overlap],
        })),
      );
    }
    return missing;
  });
}

function checkRange({ fromMs, toMs, nowMs }: BackfillRequest): void {
  if (fromMs >= toMs) {
    throw new OptiInfraError('USAGE', '--from is not before --to', { hint: 'Swap them.' });
  }
  if (toMs > nowMs) {
    throw new OptiInfraError('USAGE', '--to lies in the future', {
      hint: 'A backfill starts what has passed; what is to come, the schedule starts by itself.',
    });
  }
}

function nothingDue(name: string): OptiInfraError {
  return new OptiInfraError('USAGE', 'nothing was due in this range', {
    hint: `\`e2e schedule show ${name}\` shows its plan and what is absent.`,
  });
}

function tooMany(count: number): OptiInfraError {
  return new OptiInfraError('USAGE', `that would start ${String(count)} suites`, {
    hint: `At most ${String(MOST_BACKFILLS)} at once: name a shorter range.`,
  });
}
