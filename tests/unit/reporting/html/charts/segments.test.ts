import { describe, expect, it } from 'vitest';
import fc from 'fast-check';

import {
  segmentsOf,
  usualDistanceMs,
  type Point,
} from '../../../../../src/reporting/html/charts/segments.ts';

const points = (...times: readonly number[]): Point[] =>
  times.map((atMs) => ({ atMs, value: atMs, sampleSize: null }));
const timesOf = (segments: readonly Point[][]): number[][] =>
  segments.map((segment) => segment.map(({ atMs }) => atMs));

describe('segments of a curve', () => {
  it('end where samples are missing', () => {
    expect(timesOf(segmentsOf(points(0, 10, 20, 60, 70)))).toEqual([
      [0, 10, 20],
      [60, 70],
    ]);
  });

  it('bridge what is only a little late', () => {
    expect(timesOf(segmentsOf(points(0, 10, 20, 45, 55)))).toHaveLength(1);
  });

  it('put points in order and leave out what is no number', () => {
    const wrong = { atMs: 5, value: Number.NaN, sampleSize: 0 };
    expect(timesOf(segmentsOf([...points(20, 0, 10), wrong]))).toEqual([[0, 10, 20]]);
  });

  it('are none for no points and one for one', () => {
    expect(segmentsOf([])).toEqual([]);
    expect(timesOf(segmentsOf(points(7)))).toEqual([[7]]);
    expect(usualDistanceMs(points(7))).toBe(0);
  });

  it('lose no point and invent none', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(10_000)), (times) => {
        const sorted = times.toSorted((a, b) => a - b);
        expect(timesOf(segmentsOf(points(...times))).flat()).toEqual(sorted);
      }),
    );
  });
});
