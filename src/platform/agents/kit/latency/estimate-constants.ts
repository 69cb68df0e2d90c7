import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { median } from 'simple-statistics';

import { iterationMs, type ServingConstants } from './serving-constants.ts';

export interface ObservedIteration {
  readonly prefillTokens: number;
  readonly decodingRequests: number;
  readonly durationMs: number;
}

export type ConstantsEstimate =
  | {
      readonly known: true;
      readonly constants: ServingConstants;
      readonly sampleSize: number;
      /** Root mean square of the relative residuals: noise of the measurement plus misfit of the model. */
      readonly residualShare: number;
    }
  | { readonly known: false; readonly sampleSize: number; readonly reason: string };

/** Fewer cannot tell overhead from weight pass; there are no default constants to fall back to. */
const MINIMUM_ITERATIONS = 200;
const MINIMUM_OF_A_KIND = 50;
const MINIMUM_PROMPT_SIZES = 10;
/** A misfit above this means that the iteration model does not describe this engine. */
const MAXIMUM_RESIDUAL_SHARE = 0.15;

/** Least squares on relative residuals, because the noise of a duration grows with it. */
export function estimateConstants(observed: readonly ObservedIteration[]): ConstantsEstimate {
  const samples = observed.filter(({ durationMs }) => durationMs > 0);
  const lack = lackOf(samples);
  if (lack !== null) return { known: false, sampleSize: samples.length, reason: lack };
  const constants = fit(samples);
  const residualShare = relativeResidual(constants, samples);
  if (!(residualShare <= MAXIMUM_RESIDUAL_SHARE)) {
    const percent = (residualShare * 100).toFixed(1);
    return {
      known: false,
      sampleSize: samples.length,
      reason: `the iteration model misses the observed durations by ${percent} %`,
    };
  }
  return { known: true, constants, sampleSize: samples.length, residualShare };
}

function lackOf(samples: readonly ObservedIteration[]): string | null {
  const prefills = samples.filter(({ prefillTokens }) => prefillTokens > 0);
  const decodes = samples.length - prefills.length;
  const sizes = new Set(prefills.map(({ prefillTokens }) => prefillTokens)).size;
  if (samples.length < MINIMUM_ITERATIONS) {
    return `${samples.length} iteration samples, ${MINIMUM_ITERATIONS} are needed`;
  }
  if (prefills.length < MINIMUM_OF_A_KIND || decodes < MINIMUM_OF_A_KIND) {
    return `${prefills.length} samples with prefill and ${decodes} without, ${MINIMUM_OF_A_KIND} of each are needed`;
  }
  if (sizes < MINIMUM_PROMPT_SIZES) {
    return `${sizes} different prefill sizes, ${MINIMUM_PROMPT_SIZES} are needed`;
  }
  return null;
}

function fit(samples: readonly ObservedIteration[]): ServingConstants {
  const at = (index: number): ObservedIteration => {
    const sample = samples[index];
    if (sample === undefined) throw new RangeError(`no iteration sample ${index}`);
    return sample;
  };
  const { parameterValues } = levenbergMarquardt(
    { x: samples.map((_sample, index) => index), y: samples.map(() => 1) },
    (parameters) => {
      const constants = toConstants(parameters);
      return (index) => {
        const { prefillTokens, decodingRequests, durationMs } = at(index);
        return iterationMs(constants, prefillTokens, decodingRequests) / durationMs;
      };
    },
    {
      initialValues: startingPoint(samples),
      minValues: [0, 1e-6, 1e-9, 0],
      // The fitter does not stop at convergence, which takes about fifteen rounds.
      maxIterations: 30,
      improvementThreshold: 1e-9,
      errorTolerance: 1e-9,
      jacobianFunction: (parameters) => (index) => gradient(toConstants(parameters), at(index)),
    },
  );
  return toConstants(parameterValues);
}

function gradient(
  { weightPassMs, prefillMsPerToken }: ServingConstants,
  { prefillTokens, decodingRequests, durationMs }: ObservedIteration,
): number[] {
  const root = Math.hypot(weightPassMs, prefillMsPerToken * prefillTokens);
  return [1, weightPassMs / root, (prefillMsPerToken * prefillTokens ** 2) / root, decodingRequests].map(
    (slope) => slope / durationMs,
  );
}

function toConstants(parameters: readonly number[]): ServingConstants {
  const [overheadMs = NaN, weightPassMs = NaN, prefillMsPerToken = NaN, decodeMsPerRequest = NaN] =
    parameters;
  return { overheadMs, weightPassMs, prefillMsPerToken, decodeMsPerRequest };
}

/** From the data itself: decodes show overhead + weight pass, the largest prompts show the slope. */
function startingPoint(samples: readonly ObservedIteration[]): number[] {
  const floorMs = median(samples.filter((s) => s.prefillTokens === 0).map((s) => s.durationMs));
  const prompts = samples
    .filter(({ prefillTokens }) => prefillTokens > 0)
    .sort((left, right) => right.prefillTokens - left.prefillTokens);
  const largest = prompts.slice(0, Math.ceil(prompts.length / 10));
  const slope = median(largest.map((s) => s.durationMs / s.prefillTokens));
  return [floorMs * 0.4, floorMs * 0.6, slope, floorMs * 0.002];
}

function relativeResidual(constants: ServingConstants, samples: readonly ObservedIteration[]): number {
  const sum = samples.reduce((total, { prefillTokens, decodingRequests, durationMs }) => {
    return total + (iterationMs(constants, prefillTokens, decodingRequests) / durationMs - 1) ** 2;
  }, 0);
  return Math.sqrt(sum / samples.length);
}
