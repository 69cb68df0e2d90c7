import type { Redis } from 'ioredis';

import type { LiveEvent } from '../../../contracts/api/events.ts';

/** Redis channel on which the relay says which customer has news. */
export const NEWS_CHANNEL = 'optiinfra:events';
/** The stream holds the recent past only; older events are read from PostgreSQL. */
const KEPT_EVENTS = 10_000;

const streamOf = (customerId: string): string => `events:${customerId}`;
const ALREADY_THERE = /equal or smaller than the target stream top item/;

/** Appends in the order given. An event that is there already is passed over: its sequence is its id in the stream. */
export async function appendToStreams(redis: Redis, events: readonly LiveEvent[]): Promise<void> {
  const pipeline = redis.pipeline();
  for (const event of events) {
    pipeline.xadd(
      streamOf(event.customer_id),
      'MAXLEN',
      '~',
      KEPT_EVENTS,
      `${event.sequence}-0`,
      'event',
      JSON.stringify(event),
    );
  }
  for (const customerId of new Set(events.map(({ customer_id }) => customer_id))) {
    pipeline.publish(NEWS_CHANNEL, customerId);
  }
  for (const [error] of (await pipeline.exec()) ?? []) {
    if (error !== null && !ALREADY_THERE.test(error.message)) throw error;
  }
}

/** The customer's events after a position, as far as the stream holds them without a gap from there. */
export async function readStreamAfter(
  redis: Redis,
  customerId: string,
  sequence: number,
  limit: number,
): Promise<readonly LiveEvent[]> {
  const entries = await redis.xrange(streamOf(customerId), `${sequence + 1}-0`, '+', 'COUNT', limit);
  return entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as LiveEvent);
}

/** Whether the events follow the position one by one. */
export function isGapless(events: readonly LiveEvent[], after: number): boolean {
  return events.every((event, index) => event.sequence === after + index + 1);
}
