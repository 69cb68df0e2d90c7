import { describe, expect, it } from 'vitest';

import { exposureAround, secondsAtScaleOne } from '../../../activities/rollback-detection.ts';

const every = (stepMs: number, fromMs: number, toMs: number): number[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / stepMs) + 1 }, (_, index) => fromMs + index * stepMs);

describe('exposureAround', () => {
  const window = { startMs: 400_000, endMs: 440_000 };

  it('begins with the first request after the restart and ends with the last before the next one', () => {
    const before = every(100, 0, 50_000);
    const bad = every(100, 390_000, 460_000);
    const after = every(100, 800_000, 900_000);
    expect(exposureAround([[...before, ...bad, ...after]], window)).toEqual({
      firstMs: 390_000,
      lastMs: 460_000,
      requests: bad.length,
    });
  });

  it('does not count what a node serves after its way back while another is still bad', () => {
    const first = [...every(100, 390_000, 450_000), ...every(100, 790_000, 2_000_000)];
    const second = [...every(100, 100_000, 800_000), ...every(100, 1_150_000, 2_000_000)];
    expect(exposureAround([first, second], window)).toMatchObject({ firstMs: 100_000, lastMs: 800_000 });
  });

  it('takes a short silence for chance', () => {
    const bad = [...every(500, 395_000, 410_000), ...every(500, 416_500, 445_000)];
    expect(exposureAround([bad], window)).toMatchObject({ firstMs: 395_000, lastMs: 445_000 });
  });

  it('knows nothing when no request fell into the judged window', () => {
    expect(exposureAround([], window)).toBeNull();
    expect(exposureAround([every(100, 0, 50_000)], window)).toBeNull();
  });
});

describe('secondsAtScaleOne', () => {
  const exposure = { firstMs: 0, lastMs: 1_000_000, requests: 10_000 };

  it('keeps the time in which the samples came and shortens the rest', () => {
    expect(secondsAtScaleOne(exposure, 1_000, 60)).toBeCloseTo(100 + 900 / 60);
  });

  it('is the measured time at scale 1, and when all of it was spent on samples', () => {
    expect(secondsAtScaleOne(exposure, 1_000, 1)).toBeCloseTo(1_000);
    expect(secondsAtScaleOne(exposure, 20_000, 60)).toBeCloseTo(1_000);
  });
});
