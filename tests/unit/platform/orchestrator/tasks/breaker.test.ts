import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  allows,
  BREAKER_POLICY,
  CLOSED_BREAKER,
  onFailure,
  onSend,
  onSuccess,
  type CircuitBreaker,
} from '../../../../../src/platform/orchestrator/tasks/breaker.ts';

const { failuresUntilOpen, openForMs, probeLimitMs } = BREAKER_POLICY;

function failTimes(times: number, nowMs = 0): CircuitBreaker {
  let breaker: CircuitBreaker = CLOSED_BREAKER;
  for (let count = 0; count < times; count += 1) breaker = onFailure(breaker, nowMs);
  return breaker;
}

describe('the circuit breaker', () => {
  it('opens after so many failures in a row and not one earlier', () => {
    expect(allows(failTimes(failuresUntilOpen - 1), 0)).toBe(true);
    expect(allows(failTimes(failuresUntilOpen), 0)).toBe(false);
  });

  it('lets one probe through after its pause', () => {
    const open = failTimes(failuresUntilOpen);
    expect(allows(open, openForMs - 1)).toBe(false);
    expect(allows(open, openForMs)).toBe(true);
    const probing = onSend(open, openForMs);
    expect(probing.state).toBe('half-open');
    expect(allows(probing, openForMs + 1)).toBe(false);
    expect(allows(onFailure(probing, openForMs + 1), openForMs + 2)).toBe(false);
  });

  it('forgets a probe that was never answered for', () => {
    const probing = onSend(failTimes(failuresUntilOpen), openForMs);
    expect(allows(probing, openForMs + probeLimitMs)).toBe(true);
  });

  type Step = { readonly kind: 'send' | 'success' | 'failure'; readonly afterMs: number };
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom('send' as const, 'success' as const, 'failure' as const),
      afterMs: fc.integer({ min: 0, max: 2 * openForMs }),
    }),
  );
  const run = (history: readonly Step[]): { breaker: CircuitBreaker; nowMs: number } => {
    let breaker: CircuitBreaker = CLOSED_BREAKER;
    let nowMs = 0;
    for (const { kind, afterMs } of history) {
      nowMs += afterMs;
      if (kind === 'send') breaker = onSend(breaker, nowMs);
      else breaker = kind === 'success' ? onSuccess() : onFailure(breaker, nowMs);
    }
    return { breaker, nowMs };
  };

  it('is closed after a success, whatever was before', () => {
    fc.assert(
      fc.property(steps, (history) => {
        expect(run([...history, { kind: 'success', afterMs: 0 }]).breaker).toEqual(CLOSED_BREAKER);
      }),
    );
  });

  it('never stays shut for ever', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { breaker, nowMs } = run(history);
        expect(allows(breaker, nowMs + Math.max(openForMs, probeLimitMs))).toBe(true);
      }),
    );
  });

  it('lets nothing through right after a failure of a probe', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { breaker, nowMs } = run(history);
        fc.pre(breaker.state !== 'closed');
        expect(allows(onFailure(breaker, nowMs), nowMs)).toBe(false);
      }),
    );
  });
});
