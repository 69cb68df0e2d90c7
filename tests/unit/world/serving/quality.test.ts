import { describe, expect, it } from 'vitest';

import { randomStream } from '../../../../src/support/random.ts';
import { qualityScore } from '../../../../src/world/serving/quality.ts';

function meanOf(quantization: Parameters<typeof qualityScore>[0], faultDrop: number): number {
  const noise = randomStream(11, 'quality');
  const scores = Array.from({ length: 20_000 }, () => qualityScore(quantization, faultDrop, noise));
  expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

describe('quality', () => {
  const healthy = meanOf('bf16', 0);

  it('of a healthy engine is above the gate of 0.90', () => {
    // 0.95 less what the cut at 1 takes away.
    expect(healthy).toBeCloseTo(0.937, 2);
  });

  it.each(['fp8', 'int8', 'w4a16'] as const)('of an honest %s drops by less than 5 %%', (quantization) => {
    const score = meanOf(quantization, 0);
    expect(score).toBeLessThan(healthy);
    expect(1 - score / healthy).toBeLessThan(0.05);
  });

  it('of a real fault drops by more', () => {
    expect(1 - meanOf('bf16', 0.1) / healthy).toBeGreaterThan(0.05);
  });

  it('cannot fall below nothing', () => {
    expect(meanOf('bf16', 5)).toBe(0);
  });
});
