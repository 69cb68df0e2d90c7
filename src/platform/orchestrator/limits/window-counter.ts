import type { Redis } from 'ioredis';

import type { Clock } from '../../../support/clock.ts';
import type { Logger } from '../../../support/logging.ts';

export interface WindowCount {
  /** Hits in the window, this one included. */
  readonly count: number;
  /** Wall milliseconds until the window ends. */
  readonly resetMs: number;
}

/** Counts hits in windows that start with their first hit. */
export interface WindowCounter {
  hit(key: string, windowMs: number): Promise<WindowCount>;
  clear(key: string): Promise<void>;
}

const PREFIX = 'limit:';
const INCREMENT = `
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) left = tonumber(ARGV[1]) end
  return {count, left}`;
/** Ended windows are dropped when so many are kept. */
const SWEEP_AT = 10_000;

/**
 * Shared through Redis, and always counted here as well: when Redis is away the own count goes on from where it was,
 * so that nobody gains from the outage. The stricter of both counts is the answer.
 */
export function createWindowCounter(options: {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly logger: Logger;
}): WindowCounter {
  const { redis, clock, logger } = options;
  const own = createOwnCounter(clock);
  let away = false;
  const shared = async (key: string, windowMs: number): Promise<WindowCount | undefined> => {
    try {
      const [count, resetMs] = (await redis.eval(INCREMENT, 1, PREFIX + key, windowMs)) as [number, number];
      if (away) logger.info('Redis answers again; limits are shared again');
      away = false;
      return { count, resetMs };
    } catch (error) {
      if (!away) logger.warn({ err: error }, 'Redis does not answer; limits are counted in this process');
      away = true;
      return undefined;
    }
  };
  return {
    hit: async (key, windowMs) => {
      const here = own.hit(key, windowMs);
      const there = await shared(key, windowMs);
      return there === undefined || here.count > there.count ? here : there;
    },
    clear: async (key) => {
      own.clear(key);
      try {
        await redis.del(PREFIX + key);
      } catch (error) {
        // The window ends by itself; until then the count is only stricter than it need be.
        logger.warn({ err: error }, 'Redis does not answer; a counter was not cleared');
      }
    },
  };
}

/** The part that needs nobody. */
export function createOwnCounter(clock: Pick<Clock, 'monotonicMs'>): {
  readonly hit: (key: string, windowMs: number) => WindowCount;
  readonly clear: (key: string) => void;
} {
  const windows = new Map<string, { count: number; endsAtMs: number }>();
  const sweep = (nowMs: number): void => {
    for (const [key, { endsAtMs }] of windows) if (endsAtMs <= nowMs) windows.delete(key);
  };
  return {
    hit: (key, windowMs) => {
      const nowMs = clock.monotonicMs();
      if (windows.size >= SWEEP_AT) sweep(nowMs);
      const known = windows.get(key);
      const open = known !== undefined && known.endsAtMs > nowMs;
      const window = open ? known : { count: 0, endsAtMs: nowMs + windowMs };
      window.count += 1;
      windows.set(key, window);
      return { count: window.count, resetMs: window.endsAtMs - nowMs };
    },
    clear: (key) => windows.delete(key),
  };
}
