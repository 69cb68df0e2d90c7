import { expect, it } from 'vitest';

import { createBusyLedger } from '../../../../src/world/serving/busy-ledger.ts';

it('counts an iteration in progress once', () => {
  const ledger = createBusyLedger();
  ledger.mark(0, 0);
  ledger.mark(100, 60);
  expect(ledger.share(100)).toBeCloseTo(0.6, 12);
  ledger.add(90);
  ledger.mark(200, 0);
  expect(ledger.share(200)).toBeCloseTo(0.45, 12);
  expect(ledger.share(100)).toBeCloseTo(0.3, 12);
});

it('takes the work between two marks as even', () => {
  const ledger = createBusyLedger();
  ledger.mark(0, 0);
  ledger.add(50);
  ledger.mark(100, 0);
  expect(ledger.share(40)).toBeCloseTo(0.5, 12);
});

it('shares over what it knows when the window is longer, and forgets old marks', () => {
  const ledger = createBusyLedger();
  expect(ledger.share(1_000)).toBe(0);
  for (let step = 0; step < 5_000; step += 1) {
    ledger.mark(step * 10, 0);
    ledger.add(step < 4_000 ? 10 : 5);
  }
  expect(ledger.share(1_000)).toBeCloseTo(0.5, 9);
  expect(ledger.share(1e9)).toBeGreaterThan(0.5);
  expect(ledger.share(1e9)).toBeLessThan(1);
});

it('ignores a mark that is not later', () => {
  const ledger = createBusyLedger();
  ledger.mark(10, 0);
  ledger.mark(20, 10);
  ledger.mark(20, 0);
  expect(ledger.share(10)).toBe(1);
  expect(ledger.share(0)).toBe(0);
});
