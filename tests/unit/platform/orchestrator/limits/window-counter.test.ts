import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createOwnCounter } from '../../../../../src/platform/orchestrator/limits/window-counter.ts';

describe('createOwnCounter', () => {
  it('counts up within a window and starts anew after it', () => {
    let nowMs = 0;
    const counter = createOwnCounter({ monotonicMs: () => nowMs });
    expect(counter.hit('a', 1_000)).toEqual({ count: 1, resetMs: 1_000 });
    nowMs = 400;
    expect(counter.hit('a', 1_000)).toEqual({ count: 2, resetMs: 600 });
    expect(counter.hit('b', 1_000).count).toBe(1);
    nowMs = 1_000;
    expect(counter.hit('a', 1_000)).toEqual({ count: 1, resetMs: 1_000 });
  });

  it('forgets a cleared key only', () => {
    const counter = createOwnCounter({ monotonicMs: () => 0 });
    counter.hit('a', 10);
    counter.hit('b', 10);
    counter.clear('a');
    expect([counter.hit('a', 10).count, counter.hit('b', 10).count]).toEqual([1, 2]);
  });

  it('never lets more than the limit through in any window that starts with a hit', () => {
    const limit = 5;
    const windowMs = 100;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 }), (gaps) => {
        let nowMs = 0;
        const counter = createOwnCounter({ monotonicMs: () => nowMs });
        let windowStart = -windowMs;
        let allowed = 0;
        for (const gap of gaps) {
          nowMs += gap;
          if (nowMs >= windowStart + windowMs) [windowStart, allowed] = [nowMs, 0];
          if (counter.hit('a', windowMs).count <= limit) allowed += 1;
          expect(allowed).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});
