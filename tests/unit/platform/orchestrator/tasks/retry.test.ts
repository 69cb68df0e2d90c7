import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { backoffMs, nextMove } from '../../../../../src/platform/orchestrator/tasks/retry.ts';

const timeout = { kind: 'timeout', fault: 'late' } as const;
const failed = { kind: 'failed', fault: 'broken' } as const;
const undelivered = { kind: 'undelivered', fault: 'refused' } as const;

describe('what follows an attempt', () => {
  it.each([
    [timeout, 'timeout'],
    [failed, 'failed'],
  ] as const)('is the end after the third: %o', (outcome, status) => {
    expect(nextMove(outcome, 1)).toMatchObject({ kind: 'retry', countsAsAttempt: true });
    expect(nextMove(outcome, 2)).toMatchObject({ kind: 'retry' });
    expect(nextMove(outcome, 3)).toEqual({ kind: 'end', status });
  });

  it('is another try as long as nobody took the connection, without counting it', () => {
    expect(nextMove(undelivered, 3)).toMatchObject({ kind: 'retry', countsAsAttempt: false });
  });

  it('is completion after an answer', () => {
    expect(nextMove({ kind: 'answered' }, 3)).toEqual({ kind: 'complete' });
  });

  it('waits longer each time, and never over five seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (attempts) => {
        expect(backoffMs(attempts + 1)).toBeGreaterThanOrEqual(backoffMs(attempts));
        expect(backoffMs(attempts)).toBeLessThanOrEqual(5_000);
      }),
    );
  });
});
