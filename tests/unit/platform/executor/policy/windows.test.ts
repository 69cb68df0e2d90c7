import fc from 'fast-check';
import { expect, test } from 'vitest';

import { holdWallMs, windowBoundMs } from '../../../../../src/platform/executor/policy/windows.ts';

test('Acme’s canary gets 450 requests at 4.5/s in 100 s, and twice that time', () => {
  expect(windowBoundMs({ requests: 450, requestsPerSecond: 45, armShare: 0.1 })).toBeCloseTo(200_000);
});

test('without traffic the window is short: there is nothing to wait for', () => {
  expect(windowBoundMs({ requests: 450, requestsPerSecond: 0, armShare: 0.1 })).toBe(300_000);
});

test('a window lies between two minutes and an hour, and longer for more samples', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0.01, max: 1_000, noNaN: true }),
      (n, rate) => {
        const bound = windowBoundMs({ requests: n, requestsPerSecond: rate, armShare: 0.1 });
        expect(bound).toBeGreaterThanOrEqual(120_000);
        expect(bound).toBeLessThanOrEqual(3_600_000);
        expect(
          windowBoundMs({ requests: n * 2, requestsPerSecond: rate, armShare: 0.1 }),
        ).toBeGreaterThanOrEqual(bound);
      },
    ),
  );
});

test('a person gets ten minutes of world time, never less than ten seconds', () => {
  expect(holdWallMs(1)).toBe(600_000);
  expect(holdWallMs(60)).toBe(10_000);
  expect(holdWallMs(600)).toBe(10_000);
});
