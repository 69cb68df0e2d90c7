import type { History } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';

import type { Divergence } from './outcome.ts';

const { EventType } = proto.temporal.api.enums.v1;

type HistoryEvent = NonNullable<History['events']>[number];

/** Does this beginning of the history fit today's code? */
export type Fits = (beginning: History) => Promise<boolean>;

/**
 * The first event that today's code would not have written. Temporal's message names it for some divergences only;
 * for the others the shortest beginning that does not fit is looked for, and then the event that the message means.
 */
export async function firstDivergence(history: History, message: string, fits: Fits): Promise<Divergence> {
  const events = history.events ?? [];
  const named = eventNamed(events, message);
  const event = named ?? eventMeant(await eventsOfFirstMisfit(history, fits), message) ?? events.at(-1);
  if (event === undefined) throw new TypeError('an empty history cannot diverge');
  return {
    eventId: Number(event.eventId),
    eventType: typeOf(event),
    expected: describeEvent(event),
    actual: describeCommand(message),
    position: positionOf(events, event),
  };
}

/** `HistoryEvent(id: 11, TimerStarted)` or `event_id: 11`. */
function eventNamed(events: readonly HistoryEvent[], message: string): HistoryEvent | undefined {
  const [, id] = /HistoryEvent\(id: (\d+)|event_id: (\d+)/.exec(message)?.filter(Boolean) ?? [];
  return id === undefined ? undefined : events.find(({ eventId }) => Number(eventId) === Number(id));
}

/** The event of another type or id that the message quotes; the first one a workflow task wrote when it quotes none. */
function eventMeant(events: readonly HistoryEvent[], message: string): HistoryEvent | undefined {
  const [, quoted] = / of scheduled event '([^']*)'/.exec(message) ?? [];
  const meant = events.find((event) => quoted !== undefined && wordsOf(event).includes(quoted));
  return meant ?? events[0];
}

function wordsOf({
  activityTaskScheduledEventAttributes: activity,
  startChildWorkflowExecutionInitiatedEventAttributes: child,
}: HistoryEvent): (string | null | undefined)[] {
  return [activity?.activityType?.name, activity?.activityId, child?.workflowType?.name, child?.workflowId];
}

/**
 * A beginning ends where a worker was once handed the history: at the start of a workflow task. What the task before
 * it wrote is then part of the beginning. All beginnings beyond the first misfit are misfits too.
 */
async function eventsOfFirstMisfit(history: History, fits: Fits): Promise<HistoryEvent[]> {
  const events = history.events ?? [];
  const ends = events.flatMap((event, index) =>
    event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED ? [index + 1] : [],
  );
  let [fitting, misfit] = [0, ends.length];
  while (fitting + 1 < misfit) {
    const middle = Math.floor((fitting + misfit) / 2);
    if (await fits({ events: events.slice(0, ends[middle]) })) fitting = middle;
    else misfit = middle;
  }
  return events.slice(ends[fitting], ends[misfit]).filter(isWrittenByCode);
}

/** Events that a workflow task asked for; the others came from outside. */
function isWrittenByCode(event: HistoryEvent): boolean {
  const attributes = Object.entries(event).find(([key]) => key.endsWith('EventAttributes'))?.[1] as
    { workflowTaskCompletedEventId?: unknown } | undefined;
  return Number(attributes?.workflowTaskCompletedEventId ?? 0) > 0;
}

/** `EVENT_TYPE_ACTIVITY_TASK_SCHEDULED` → `ActivityTaskScheduled`. */
function typeOf({ eventType }: HistoryEvent): string {
  return String(EventType[eventType ?? 0])
    .replace(/^EVENT_TYPE_/, '')
    .toLowerCase()
    .replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function describeEvent(event: HistoryEvent): string {
  const { activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer } = event;
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  const attributes = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
  if (activity) return `activity ${activity.activityType?.name ?? ''}`;
  if (timer) return `timer of ${String(Number(timer.startToFireTimeout?.seconds ?? 0))} s`;
  if (child) return `child workflow ${child.workflowType?.name ?? ''}`;
  if (attributes) return `search attributes ${Object.entries(attributes).map(shown).join(', ')}`;
  const ending = /^WorkflowExecution(Completed|Failed|Canceled|ContinuedAsNew)$/.exec(typeOf(event))?.[1];
  return ending === undefined ? wordsIn(typeOf(event)) : `the end of the workflow, ${wordsIn(ending)}`;
}

/** What today's code wanted instead, as far as Temporal's message tells. */
export function describeCommand(message: string): string {
  const [, type] = /match activity type of activity command '([^']*)'/.exec(message) ?? [];
  if (type !== undefined) return `activity ${type}`;
  const [, child] = /match child workflow (?:type|id) of command '([^']*)'/.exec(message) ?? [];
  if (child !== undefined) return `child workflow ${child}`;
  if (message.includes('No command scheduled for event')) return 'nothing';
  const [, machine] = /([A-Z][A-Za-z ]*?) machine does not handle this event/.exec(message) ?? [];
  if (machine !== undefined) return MACHINES[machine.toLowerCase()] ?? machine.toLowerCase();
  return gist(message);
}

/** Temporal's names of what a command becomes. */
const MACHINES: Readonly<Record<string, string>> = {
  activity: 'an activity',
  timer: 'a timer',
  'child workflow': 'a child workflow',
  'complete workflow': 'the end of the workflow, completed',
  'fail workflow': 'the end of the workflow, failed',
  'cancel workflow': 'the end of the workflow, canceled',
  'continue as new workflow': 'to continue as new',
};

/** Temporal's message without what it says of every divergence. */
export function gist(message: string): string {
  const said = message.replace(/^.*Details: /s, '').replace(/^.*\[TMPRL\d+\] Nondeterminism error: /s, '');
  // The failure that the message is part of follows it.
  return said.replace(/", source: ".*$/s, '');
}

function wordsIn(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function positionOf(events: readonly HistoryEvent[], event: HistoryEvent): string | null {
  const upTo = events.slice(0, events.indexOf(event) + 1);
  return upTo.map(summaryOf).findLast((summary) => summary !== null) ?? null;
}

function summaryOf({ userMetadata }: HistoryEvent): string | null {
  const data = userMetadata?.summary?.data;
  return data ? String(valueOf(data)) : null;
}

function shown([name, payload]: [string, { readonly data?: Uint8Array | null }]): string {
  return `${name} ${payload.data ? String(valueOf(payload.data)) : 'unset'}`;
}

function valueOf(data: Uint8Array): unknown {
  return JSON.parse(Buffer.from(data).toString('utf8'));
}
