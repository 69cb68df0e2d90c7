import { describe, expect, it } from 'vitest';

import { randomStream } from '../../../src/support/random.ts';

const COUNT = 3_000;

describe('a random stream', () => {
  it('gives the same bytes for the same seed and purpose', () => {
    const draw = () => {
      const stream = randomStream(5, 'arrivals');
      return Array.from({ length: 50 }, () => stream.uniform());
    };
    expect(draw()).toEqual(draw());
  });

  it.each([
    ['purposes', (index: number) => randomStream(5, `spot-price/pool/${String(index)}`)],
    ['seeds', (index: number) => randomStream(index, 'arrivals')],
  ])('first draws of neighbouring %s are independent and even', (_what, streamOf) => {
    const first = Array.from({ length: COUNT }, (_, index) => streamOf(index).uniform());
    const counts = new Array<number>(20).fill(0);
    for (const value of first) counts[Math.floor(value * 20)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - COUNT / 20) ** 2 / (COUNT / 20), 0);
    // 19 degrees of freedom: 43.8 is passed once in a thousand.
    expect(chiSquare).toBeLessThan(43.8);
    const lagged = first
      .slice(1)
      .reduce((sum, value, index) => sum + (value - 0.5) * (first[index]! - 0.5), 0);
    expect(Math.abs((12 * lagged) / COUNT)).toBeLessThan(0.06);
  });

  it('draws its distributions with the moments they are asked for', () => {
    const moments = (values: number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return {
        mean,
        sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length),
      };
    };
    const stream = randomStream(3, 'moments');
    const of = (draw: () => number) => moments(Array.from({ length: 50_000 }, draw));
    const normal = of(() => stream.normal());
    expect(normal.mean).toBeCloseTo(0, 1);
    expect(normal.sd).toBeCloseTo(1, 1);
    expect(of(() => stream.exponential(4)).mean).toBeCloseTo(0.25, 2);
    const lengths = of(() => stream.logNormal(340, 0.4));
    expect(lengths.mean / 340).toBeCloseTo(1, 1);
    expect(lengths.sd / lengths.mean).toBeCloseTo(0.4, 1);
  });
});
