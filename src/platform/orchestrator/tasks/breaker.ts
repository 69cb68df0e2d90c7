/**
 * Circuit breaker of one agent instance, as a value: closed → open after consecutive failures → half-open after a pause,
 * when one task may try → closed again, or open again.
 */
export type CircuitBreaker =
  | { readonly state: 'closed'; readonly consecutiveFailures: number }
  | { readonly state: 'open'; readonly openedAtMs: number }
  | { readonly state: 'half-open'; readonly probingSinceMs: number };

export interface BreakerPolicy {
  readonly failuresUntilOpen: number;
  readonly openForMs: number;
  /** A probe that was never answered for (its process died) frees the breaker after this. */
  readonly probeLimitMs: number;
}
export const BREAKER_POLICY: BreakerPolicy = {
  failuresUntilOpen: 3,
  openForMs: 5_000,
  probeLimitMs: 35_000,
};
export const CLOSED_BREAKER: CircuitBreaker = { state: 'closed', consecutiveFailures: 0 };

/** May a task be sent now? */
export function allows(breaker: CircuitBreaker, nowMs: number, policy = BREAKER_POLICY): boolean {
  switch (breaker.state) {
    case 'closed':
      return true;
    case 'open':
      return nowMs - breaker.openedAtMs >= policy.openForMs;
    case 'half-open':
      return nowMs - breaker.probingSinceMs >= policy.probeLimitMs;
  }
}

/** Called when a task is sent: the first one through an open breaker is its probe. */
export function onSend(breaker: CircuitBreaker, nowMs: number): CircuitBreaker {
  return breaker.state === 'closed' ? breaker : { state: 'half-open', probingSinceMs: nowMs };
}

export function onSuccess(): CircuitBreaker {
  return CLOSED_BREAKER;
}

export function onFailure(breaker: CircuitBreaker, nowMs: number, policy = BREAKER_POLICY): CircuitBreaker {
  if (breaker.state !== 'closed') return { state: 'open', openedAtMs: nowMs };
  const consecutiveFailures = breaker.consecutiveFailures + 1;
  return consecutiveFailures >= policy.failuresUntilOpen
    ? { state: 'open', openedAtMs: nowMs }
    : { state: 'closed', consecutiveFailures };
}
