import type { Redis } from 'ioredis';
import pg from 'pg';

import type { Clock } from '../../../support/clock.ts';
import { describeError } from '../../../support/errors.ts';
import type { Logger } from '../../../support/logging.ts';
import type { Database } from '../services.ts';
import { OUTBOX_CHANNEL } from './outbox.ts';
import { markRelayed, readOwed, takeRelayLock } from './store.ts';
import { appendToStreams } from './stream.ts';

export interface RelayOptions {
  readonly database: Database;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly logger: Logger;
  /** URL of the role `optiinfra_app`, for a connection that listens. */
  readonly postgresUrl: string;
}

const BATCH = 500;
/** Looks without being told: another process may hold the lock, a notice may be lost with its connection. */
const LOOK_INTERVAL_MS = 1_000;

/** Brings owed events from PostgreSQL to the Redis streams, in order, at least once; the streams pass over repetitions. */
export function startRelay(options: RelayOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const bell = createBell();
  const listener = listen(options, bell.ring, stopping.signal);
  const run = async (): Promise<void> => {
    let failing = false;
    while (!stopping.signal.aborted) {
      const rung = bell.wait(LOOK_INTERVAL_MS, stopping.signal);
      try {
        while ((await relayBatch(options)) === BATCH);
        if (failing) options.logger.info('events are relayed again');
        failing = false;
      } catch (error) {
        if (!failing) options.logger.warn({ err: error }, 'events wait in the outbox');
        failing = true;
      }
      await rung;
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([running, listener]);
    },
  };
}

/** @returns how many events were relayed. A failure of Redis leaves them owed. */
async function relayBatch({
  database,
  redis,
  clock,
}: Pick<RelayOptions, 'database' | 'redis' | 'clock'>): Promise<number> {
  return database.asSystem(async (trx) => {
    if (!(await takeRelayLock(trx))) return 0;
    const events = await readOwed(trx, BATCH);
    if (events.length === 0) return 0;
    await appendToStreams(redis, events);
    await markRelayed(
      trx,
      events.map(({ id }) => id),
      new Date(clock.wallMs()),
    );
    return events.length;
  });
}

/** Rings at each commit that left an event; connects anew when the connection breaks. */
async function listen(
  { postgresUrl, clock, logger }: RelayOptions,
  ring: () => void,
  signal: AbortSignal,
): Promise<void> {
  const stopped = aborted(signal);
  while (!signal.aborted) {
    try {
      await listenOnce(postgresUrl, ring, stopped);
    } catch (error) {
      logger.debug({ reason: describeError(error) }, 'the outbox is watched by looking only');
    }
    await Promise.race([clock.sleepWall(LOOK_INTERVAL_MS), stopped]);
  }
}

async function listenOnce(url: string, ring: () => void, stopped: Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
  });
  try {
    await client.connect();
    client.on('notification', ring);
    await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
    await Promise.race([lost, stopped]);
  } finally {
    await client.end();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The wait begins before the work, so that a ring during the work is not missed. */
function createBell(): { ring: () => void; wait: (timeoutMs: number, signal: AbortSignal) => Promise<void> } {
  let wake: () => void = () => undefined;
  return {
    ring: () => wake(),
    wait: (timeoutMs, signal) =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', finish);
          resolve();
        };
        const timer = setTimeout(finish, timeoutMs);
        signal.addEventListener('abort', finish, { once: true });
        wake = finish;
        if (signal.aborted) finish();
      }),
  };
}
