import { TASK_ATTEMPTS } from '../../../contracts/api/orchestration.ts';

/** How one delivery of a task ended. `undelivered`: nobody took the connection, so no attempt was made. */
export type AttemptOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'undelivered'; readonly fault: string }
  | { readonly kind: 'timeout'; readonly fault: string }
  | { readonly kind: 'failed'; readonly fault: string };

export type NextMove =
  | { readonly kind: 'complete' }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly countsAsAttempt: boolean }
  | { readonly kind: 'end'; readonly status: 'failed' | 'timeout' };

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;

/** What follows a delivery. `attempts` includes the one that just ended. */
export function nextMove(outcome: AttemptOutcome, attempts: number, limit = TASK_ATTEMPTS): NextMove {
  if (outcome.kind === 'answered') return { kind: 'complete' };
  const countsAsAttempt = outcome.kind !== 'undelivered';
  if (countsAsAttempt && attempts >= limit) {
    return { kind: 'end', status: outcome.kind === 'timeout' ? 'timeout' : 'failed' };
  }
  return { kind: 'retry', afterMs: backoffMs(attempts), countsAsAttempt };
}

/** Doubles from a quarter of a second to five. */
export function backoffMs(attempts: number): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, attempts - 1));
}
