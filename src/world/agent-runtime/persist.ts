import type { Clock } from '../../support/clock.ts';
import type { Logger } from '../../support/logging.ts';
import type { ApiAnswer } from './api-client.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export interface PersistOptions {
  readonly what: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export type SettledAnswer = Exclude<ApiAnswer, { kind: 'unavailable' }>;

/** Calls until the platform answers, with growing pauses; the outage is said once at its start and once at its end. */
export async function persist(
  call: () => Promise<ApiAnswer>,
  options: PersistOptions,
): Promise<SettledAnswer> {
  const { clock, logger, signal, what } = options;
  const startedMs = clock.monotonicMs();
  for (let tries = 1, pauseMs = FIRST_PAUSE_MS; ; tries += 1) {
    signal.throwIfAborted();
    const answer = await call();
    if (answer.kind !== 'unavailable') {
      if (tries > 1) {
        logger.info({ what, tries, outageMs: Math.round(clock.monotonicMs() - startedMs) }, 'through again');
      }
      return answer;
    }
    if (tries === 1) logger.warn({ what, reason: answer.reason }, 'the platform is away; trying again');
    await clock.sleepWall(Math.max(pauseMs, answer.retryAfterMs ?? 0), signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
