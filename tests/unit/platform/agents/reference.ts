import type { TrafficStatistics } from '../../../../src/platform/agents/kit/latency/closed-form.ts';
import type { ObservedIteration } from '../../../../src/platform/agents/kit/latency/estimate-constants.ts';
import {
  iterationMs,
  type ServingConstants,
} from '../../../../src/platform/agents/kit/latency/serving-constants.ts';
import { randomStream } from '../../../../src/support/random.ts';

/** The reference workload of the world's specification (§3, §4), as a test's own numbers. */
export const P4D: ServingConstants = {
  overheadMs: 11,
  weightPassMs: 18.7,
  prefillMsPerToken: 0.11,
  decodeMsPerRequest: 0.05,
};

export function logNormalQuantile(mean: number, coefficientOfVariation: number, z: number): number {
  const variance = Math.log(1 + coefficientOfVariation ** 2);
  return mean * Math.exp(-variance / 2 + z * Math.sqrt(variance));
}

export function referenceTraffic(changes: Partial<TrafficStatistics> = {}): TrafficStatistics {
  return {
    requestsPerSecond: 45,
    prefillTokensMean: 340,
    outputTokensMean: 12,
    outputTokensP50: logNormalQuantile(12, 0.35, 0),
    outputTokensP95: logNormalQuantile(12, 0.35, 1.6449),
    outputTokensP99: logNormalQuantile(12, 0.35, 2.3263),
    ...changes,
  };
}

/** Iterations as an engine under `prefill_first` would report them, with multiplicative noise. */
export function noisyIterations(
  constants: ServingConstants,
  count: number,
  seed: number,
  noise = 0.03,
): ObservedIteration[] {
  const random = randomStream(seed, 'iterations');
  return Array.from({ length: count }, () => {
    const prompts = random.uniform() < 0.5 ? 0 : 1 + Math.floor(random.exponential(0.9));
    const lengths = Array.from({ length: prompts }, () => Math.round(random.logNormal(340, 0.4)));
    const prefillTokens = lengths.reduce((sum, tokens) => sum + tokens, 0);
    const decodingRequests = prompts === 0 ? 1 + Math.floor(random.uniform() * 20) : 0;
    const durationMs =
      iterationMs(constants, prefillTokens, decodingRequests) * (1 + noise * random.normal());
    return { prefillTokens, decodingRequests, durationMs };
  });
}
