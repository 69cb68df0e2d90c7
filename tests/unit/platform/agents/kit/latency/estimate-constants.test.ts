import { describe, expect, it } from 'vitest';

import {
  estimateConstants,
  type ConstantsEstimate,
} from '../../../../../../src/platform/agents/kit/latency/estimate-constants.ts';
import { iterationMs } from '../../../../../../src/platform/agents/kit/latency/serving-constants.ts';
import { noisyIterations, P4D } from '../../reference.ts';

function known(estimate: ConstantsEstimate): Extract<ConstantsEstimate, { known: true }> {
  if (!estimate.known) throw new Error(estimate.reason);
  return estimate;
}

describe('estimateConstants', () => {
  it('recovers the constants exactly without noise', () => {
    const { constants, residualShare } = known(estimateConstants(noisyIterations(P4D, 1_000, 1, 0)));
    expect(constants.overheadMs).toBeCloseTo(P4D.overheadMs, 3);
    expect(constants.weightPassMs).toBeCloseTo(P4D.weightPassMs, 3);
    expect(constants.prefillMsPerToken).toBeCloseTo(P4D.prefillMsPerToken, 5);
    expect(constants.decodeMsPerRequest).toBeCloseTo(P4D.decodeMsPerRequest, 4);
    expect(residualShare).toBeLessThan(1e-6);
  });

  it.each([1, 2, 3, 4, 5])(
    'recovers the large constants within a twentieth from noisy samples, seed %i',
    (seed) => {
      const { constants, residualShare } = known(estimateConstants(noisyIterations(P4D, 5_000, seed)));
      expect(Math.abs(constants.overheadMs / P4D.overheadMs - 1)).toBeLessThan(0.05);
      expect(Math.abs(constants.weightPassMs / P4D.weightPassMs - 1)).toBeLessThan(0.05);
      expect(Math.abs(constants.prefillMsPerToken / P4D.prefillMsPerToken - 1)).toBeLessThan(0.05);
      expect(residualShare).toBeGreaterThan(0.02);
      expect(residualShare).toBeLessThan(0.04);
    },
  );

  it.each([1, 2, 3])('predicts the iteration of the mean prompt within a hundredth, seed %i', (seed) => {
    const { constants } = known(estimateConstants(noisyIterations(P4D, 2_000, seed)));
    expect(Math.abs(iterationMs(constants, 340, 0) / iterationMs(P4D, 340, 0) - 1)).toBeLessThan(0.01);
  });

  it('says that too few samples are too few', () => {
    expect(estimateConstants(noisyIterations(P4D, 199, 1))).toEqual({
      known: false,
      sampleSize: 199,
      reason: '199 iteration samples, 200 are needed',
    });
    expect(estimateConstants([])).toMatchObject({ known: false, sampleSize: 0 });
  });

  it('needs iterations with and without prefill', () => {
    const decodes = noisyIterations(P4D, 3_000, 1).filter(({ prefillTokens }) => prefillTokens === 0);
    expect(estimateConstants(decodes)).toMatchObject({
      known: false,
      reason: expect.stringContaining('0 samples with prefill') as unknown,
    });
  });

  it('needs prompts of different sizes', () => {
    const same = noisyIterations(P4D, 1_000, 1).map((sample) => ({
      ...sample,
      prefillTokens: sample.prefillTokens > 0 ? 340 : 0,
    }));
    expect(estimateConstants(same)).toMatchObject({
      known: false,
      reason: '1 different prefill sizes, 10 are needed',
    });
  });

  it('refuses an engine that the iteration model does not describe', () => {
    const random = noisyIterations(P4D, 1_000, 1, 0.6);
    expect(estimateConstants(random)).toMatchObject({
      known: false,
      reason: expect.stringContaining('misses the observed durations') as unknown,
    });
  });
});
