import { Redis } from 'ioredis';

import type { Logger } from '../../support/logging.ts';

const COMMAND_TIMEOUT_MS = 1_000;
const LONGEST_RECONNECT_MS = 250;

/**
 * A client that fails fast: while Redis is away every command fails at once instead of waiting for it, so that whoever
 * asks can go on without. It comes back by itself.
 */
export async function connectRedis(url: string, logger: Logger): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, LONGEST_RECONNECT_MS),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) logger.warn({ err: error }, 'Redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info('Redis is back');
    away = false;
  });
  await redis.connect().catch((error: unknown) => {
    logger.warn({ err: error }, 'Redis does not answer yet');
  });
  return redis;
}
