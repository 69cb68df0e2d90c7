import type { WorkflowHandle } from '@temporalio/client';

import type { PhaseDefinition } from '../../contracts/runs.ts';

/** An event of a history, as Temporal's client gives it. */
export type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** A 64-bit number as Temporal's client has it. */
export type EventId = NonNullable<HistoryEvent['eventId']>;

interface Scheduled {
  readonly eventId: string;
  readonly summary: string;
  /** Where a reset must be for the activity to be scheduled again. */
  readonly taskCompletedId: EventId;
}

/** The activities of a history in their order, with the summary that the scenario gave them. A retry is no event. */
function scheduledIn(events: readonly HistoryEvent[]): readonly Scheduled[] {
  return events.flatMap((event) => {
    const taskCompletedId = event.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId;
    if (taskCompletedId === undefined || taskCompletedId === null) return [];
    const data = event.userMetadata?.summary?.data;
    const summary =
      data === undefined || data === null ? '' : String(JSON.parse(Buffer.from(data).toString()));
    return [{ eventId: event.eventId?.toString() ?? '', summary, taskCompletedId }];
  });
}

/**
 * Where a phase begins: at the first of its activities, or at the faults that strike right before it. A phase that
 * broke before its first activity begins with what came after the phase before it, which is what broke. Null when the
 * history never got there.
 */
export function resetPointOf(events: readonly HistoryEvent[], { number }: PhaseDefinition): EventId | null {
  const scheduled = scheduledIn(events);
  const own = scheduled.findIndex(({ summary }) => phaseIn(summary) === number);
  if (own === -1) return afterPhase(scheduled, number - 1);
  let first = own;
  while (scheduled[first - 1]?.summary.startsWith('fault · ') === true) first -= 1;
  return scheduled[first]?.taskCompletedId ?? null;
}

/** The very first task of a run: everything is done anew. */
export function beginningOf(events: readonly HistoryEvent[]): EventId | null {
  return scheduledIn(events)[0]?.taskCompletedId ?? null;
}

function afterPhase(scheduled: readonly Scheduled[], number: number): EventId | null {
  const last = scheduled.findLastIndex(({ summary }) => phaseIn(summary) === number);
  const next = last === -1 ? undefined : scheduled[last + 1];
  return next === undefined || !/^(?:fault|fixture) · /.test(next.summary) ? null : next.taskCompletedId;
}

function phaseIn(summary: string): number | null {
  const found = /^phase (\d+) · /.exec(summary);
  return found === null ? null : Number(found[1]);
}

/** When the customers of a run were removed, as seconds since 1970; null when they are still there. */
export function removedAt(events: readonly HistoryEvent[]): number | null {
  const cleanUps = scheduledIn(events).filter(({ summary }) => summary === 'clean-up');
  const done = events.find((event) => {
    const of = event.activityTaskCompletedEventAttributes?.scheduledEventId;
    return of !== undefined && of !== null && cleanUps.some(({ eventId }) => eventId === of.toString());
  });
  return done === undefined ? null : Number(done.eventTime?.seconds ?? 0);
}

/** Did the run make customers at all? */
export function madeCustomers(events: readonly HistoryEvent[]): boolean {
  return scheduledIn(events).some(({ summary }) => summary.startsWith('fixture · '));
}
