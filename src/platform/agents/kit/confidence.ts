import { MINIMUM_REQUESTS, WANTED_REQUESTS } from './observation/observe-deployment.ts';

export interface ConfidenceInputs {
  readonly savings: number;
  readonly low: number;
  readonly high: number;
  readonly requests: number;
  readonly iterations: number;
  /** 0–1, from the patterns. */
  readonly experience: number;
}

/** Weights of what a forecast rests on: how narrow it is, how much was measured, how often it was right before. */
const WEIGHTS = { precision: 0.55, evidence: 0.35, experience: 0.1 };
const WANTED_ITERATIONS = 1_000;

export function confidenceOf(inputs: ConfidenceInputs): number {
  if (!(inputs.savings > 0) || inputs.requests < MINIMUM_REQUESTS) return 0;
  const precision = Math.max(0, 1 - (inputs.high - inputs.low) / inputs.savings);
  const evidence =
    Math.min(1, inputs.requests / WANTED_REQUESTS) * Math.min(1, inputs.iterations / WANTED_ITERATIONS);
  const sum =
    WEIGHTS.precision * precision + WEIGHTS.evidence * evidence + WEIGHTS.experience * inputs.experience;
  return Math.min(1, Math.max(0, sum));
}
