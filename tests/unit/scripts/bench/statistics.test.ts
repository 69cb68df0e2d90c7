import { describe, expect, it } from 'vitest';

import { number, range } from '../../../../scripts/bench/format.ts';
import { spreadOf } from '../../../../scripts/bench/statistics.ts';

describe('spreadOf', () => {
  it('gives the median and the ends', () => {
    expect(spreadOf([3, 100, 1])).toEqual({ median: 3, min: 1, max: 100, samples: 3 });
  });

  it('refuses an empty series: nothing measured must not read as zero', () => {
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });
});

describe('numbers in tables', () => {
  it('keep about three digits that mean something', () => {
    expect([0.123, 4.567, 45.67, 456.7, 12_345].map(number)).toEqual([
      '0.12',
      '4.57',
      '45.7',
      '457',
      '12,345',
    ]);
  });

  it('show a dash for what could not be had', () => {
    expect(number(Number.NaN)).toBe('–');
  });

  it('come as median, smallest, largest', () => {
    expect(range({ median: 2, min: 1, max: 3, samples: 3 })).toEqual(['2.00', '1.00', '3.00']);
  });
});
