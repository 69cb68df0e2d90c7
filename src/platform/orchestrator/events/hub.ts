import type { Redis } from 'ioredis';

import type { LiveEvent } from '../../../contracts/api/events.ts';
import type { Logger } from '../../../support/logging.ts';
import type { Database } from '../services.ts';
import { readEventsAfter } from './store.ts';
import { isGapless, NEWS_CHANNEL, readStreamAfter } from './stream.ts';

const BATCH = 500;
/** How often a follower reads PostgreSQL unasked: what Redis lost while it was away arrives by that. */
const LOOK_INTERVAL_MS = 1_000;

interface Follower {
  stop(): void;
}
interface FollowOptions {
  readonly customerId: string;
  /** Position of the last event already seen. */
  readonly after: number;
  readonly onEvent: (event: LiveEvent) => void;
  /** The follower ends with this: without its store it cannot promise an order. */
  readonly onFailure: (error: unknown) => void;
}

/** Gives followers each event of their customer once and in order: first from PostgreSQL, then live from Redis. */
export interface EventHub {
  follow(options: FollowOptions): Follower;
  close(): Promise<void>;
}

export interface HubOptions {
  readonly database: Database;
  readonly redis: Redis;
  readonly logger: Logger;
}

export function createEventHub({ database, redis, logger }: HubOptions): EventHub {
  const wakers = new Map<string, Set<(source: 'stream' | 'store') => void>>();
  // Subscribes again by itself after an outage; commands wait for the connection.
  const subscriber = redis.duplicate({
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    lazyConnect: true,
  });
  subscriber.on('error', (error) => logger.debug({ err: error }, 'news of events do not arrive by Redis'));
  subscriber.on('message', (_channel, customerId) => {
    for (const wake of wakers.get(customerId) ?? []) wake('stream');
  });
  let subscribed = false;
  const subscribe = (): void => {
    if (subscribed) return;
    subscribed = true;
    subscriber.subscribe(NEWS_CHANNEL).catch((error: unknown) => {
      subscribed = false;
      logger.debug({ err: error }, 'news of events do not arrive by Redis');
    });
  };
  return {
    follow: (options) => {
      subscribe();
      const follower = startFollower(database, redis, options);
      const others = wakers.get(options.customerId) ?? new Set();
      wakers.set(options.customerId, others.add(follower.wake));
      return {
        stop: () => {
          follower.stop();
          others.delete(follower.wake);
          if (others.size === 0) wakers.delete(options.customerId);
        },
      };
    },
    close: async () => {
      subscriber.disconnect();
    },
  };
}

/** Reads on when woken, one read at a time. */
function startFollower(
  database: Database,
  redis: Redis,
  { customerId, after, onEvent, onFailure }: FollowOptions,
): { wake: (source: 'stream' | 'store') => void; stop: () => void } {
  let position = after;
  let stopped = false;
  let asked: 'stream' | 'store' | null = null;
  let reading = false;

  const read = async (source: 'stream' | 'store'): Promise<number> => {
    const events = await readAfter(source, database, redis, customerId, position);
    for (const event of events) {
      if (stopped) return 0;
      position = event.sequence;
      onEvent(event);
    }
    return events.length;
  };
  const drain = async (): Promise<void> => {
    while (asked !== null && !stopped) {
      const source: 'stream' | 'store' = asked;
      asked = null;
      if ((await read(source)) === BATCH) asked ??= source;
    }
  };
  const wake = (source: 'stream' | 'store'): void => {
    asked = asked === 'store' ? 'store' : source;
    if (reading || stopped) return;
    reading = true;
    drain()
      .catch((error: unknown) => {
        if (!stopped) onFailure(error);
      })
      .finally(() => {
        reading = false;
      });
  };
  const timer = setInterval(() => wake('store'), LOOK_INTERVAL_MS);
  wake('store');
  return {
    wake,
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/** PostgreSQL holds all; Redis spares it the read when it has exactly what comes next. */
async function readAfter(
  source: 'stream' | 'store',
  database: Database,
  redis: Redis,
  customerId: string,
  position: number,
): Promise<readonly LiveEvent[]> {
  if (source === 'stream') {
    const recent = await readStreamAfter(redis, customerId, position, BATCH).catch(() => null);
    if (recent !== null && isGapless(recent, position)) return recent;
  }
  return readEventsAfter(database, customerId, position, BATCH);
}
