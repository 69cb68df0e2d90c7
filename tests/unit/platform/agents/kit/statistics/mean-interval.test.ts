import { describe, expect, it } from 'vitest';

import { meanInterval95 } from '../../../../../../src/platform/agents/kit/statistics/mean-interval.ts';

describe('meanInterval95', () => {
  it.each([
    // Student's t, 97.5 % quantile: 21 samples 2.0860, 101 samples 1.9840, 183 samples 1.9731
    [21, 2.086],
    [101, 1.984],
    [183, 1.9731],
  ])('uses the t quantile for %i samples', (size, quantile) => {
    const { low, high } = meanInterval95(0.9, 0.08, size);
    expect(((high - low) / 2 / 0.08) * Math.sqrt(size)).toBeCloseTo(quantile, 3);
    expect((low + high) / 2).toBeCloseTo(0.9, 12);
  });

  it('refuses a single sample', () => {
    expect(() => meanInterval95(0.9, 0, 1)).toThrow('at least 2 samples, there are 1');
  });
});
