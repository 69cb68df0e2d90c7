import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import type { RandomStream } from '../../support/random.ts';

/** Mean score of a healthy BF16 answer and the spread between answers [A] (world spec §4). */
const BASE_QUALITY = 0.95;
const QUALITY_SD = 0.08;

/**
 * Share of the BF16 quality that a quantization keeps. FP8: 79.16 against 79.51 on Llama-3-70B-Instruct (Red Hat AI model
 * card, 2024); INT8 1–3 % loss and W4A16 close to it (arXiv 2411.02355, 2024-11).
 */
const RETAINED: Readonly<Record<EngineConfiguration['quantization'], number>> = {
  bf16: 1,
  fp8: 0.9956,
  int8: 0.985,
  w4a16: 0.98,
};

/** What a healthy answer is worth on average before it is cut to 0–1. */
export function meanQuality(quantization: EngineConfiguration['quantization']): number {
  return BASE_QUALITY * RETAINED[quantization];
}

/** Score of one answer, 0–1. `faultDrop` is the explicit state of a real fault (wrong template, bad checkpoint). */
export function qualityScore(
  quantization: EngineConfiguration['quantization'],
  faultDrop: number,
  noise: RandomStream,
): number {
  const score = meanQuality(quantization) - faultDrop + QUALITY_SD * noise.normal();
  return Math.min(1, Math.max(0, score));
}
