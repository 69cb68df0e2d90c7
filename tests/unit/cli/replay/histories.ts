import proto from '@temporalio/proto';
import type { History } from '@temporalio/common/lib/proto-utils.js';

const { History: Message } = proto.temporal.api.history.v1;
const { EventType } = proto.temporal.api.enums.v1;

export type Event = NonNullable<History['events']>[number];

/** A history of these events, numbered from 1. */
export function historyOf(...events: readonly Event[]): History {
  return Message.fromObject({ events: events.map((event, index) => ({ ...event, eventId: index + 1 })) });
}

export function started(workflowType: string, workflowId: string): Event {
  return {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    workflowExecutionStartedEventAttributes: { workflowType: { name: workflowType }, workflowId },
  };
}

export function taskStarted(): Event {
  return {
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    workflowTaskStartedEventAttributes: {},
  };
}

export function activityScheduled(name: string, summary?: string): Event {
  return {
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    activityTaskScheduledEventAttributes: {
      activityType: { name },
      workflowTaskCompletedEventId: 1 as never,
    },
    ...(summary === undefined
      ? {}
      : { userMetadata: { summary: { data: Buffer.from(JSON.stringify(summary)) } } }),
  };
}

export function activityCompleted(): Event {
  return {
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    activityTaskCompletedEventAttributes: {},
  };
}

export function completed(): Event {
  return {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    workflowExecutionCompletedEventAttributes: { workflowTaskCompletedEventId: 1 as never },
  };
}
