import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  fisherGreater,
  lowerBound,
  trialsToProve,
  upperBound,
} from '../../../../../src/platform/executor/judgement/bounds.ts';
import { CANARY } from '../../../../../src/contracts/thresholds.ts';

test('the published figures: 2,995 clean requests, or 4,742 with one error, prove 0.1 %', () => {
  expect(trialsToProve(0, 0.001)).toBe(CANARY.cleanRequestsForErrorRate);
  expect(trialsToProve(1, 0.001)).toBe(4_742);
});

test('bounds of known cases', () => {
  expect(upperBound(0, 10)).toBeCloseTo(1 - 0.05 ** (1 / 10), 10);
  expect(lowerBound(10, 10)).toBeCloseTo(0.05 ** (1 / 10), 10);
  expect(upperBound(5, 100)).toBeCloseTo(0.102258, 4);
  expect(lowerBound(5, 100)).toBeCloseTo(0.0199, 4);
});

test('nothing tried bounds nothing', () => {
  expect(upperBound(0, 0)).toBe(1);
  expect(lowerBound(0, 0)).toBe(0);
});

test('the tea-tasting table of Fisher: 3 of 4 against 1 of 4', () => {
  expect(fisherGreater(3, 4, 1, 4)).toBeCloseTo(17 / 70, 10);
});

const counts = fc
  .integer({ min: 1, max: 2_000 })
  .chain((trials) => fc.record({ trials: fc.constant(trials), events: fc.integer({ min: 0, max: trials }) }));

test('the bounds enclose the observed share', () => {
  fc.assert(
    fc.property(counts, ({ trials, events }) => {
      expect(lowerBound(events, trials)).toBeLessThanOrEqual(events / trials + 1e-12);
      expect(upperBound(events, trials)).toBeGreaterThanOrEqual(events / trials - 1e-12);
    }),
  );
});

test('one more event raises both bounds, more trials lower the upper one', () => {
  fc.assert(
    fc.property(counts, ({ trials, events }) => {
      fc.pre(events < trials);
      expect(upperBound(events + 1, trials)).toBeGreaterThan(upperBound(events, trials) - 1e-12);
      expect(lowerBound(events + 1, trials)).toBeGreaterThan(lowerBound(events, trials) - 1e-12);
      expect(upperBound(events, trials * 2)).toBeLessThan(upperBound(events, trials));
    }),
  );
});
