import { studentQuantile } from './student-quantile.ts';

export interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % quantile of the standard normal distribution. */
const NORMAL_975 = 1.959963984540054;

/** Two-sided 95 % interval of a mean by Student's t. */
export function meanInterval95(mean: number, standardDeviation: number, sampleSize: number): MeanInterval {
  if (sampleSize < 2) throw new RangeError(`an interval needs at least 2 samples, there are ${sampleSize}`);
  const half = (studentQuantile(NORMAL_975, sampleSize - 1) * standardDeviation) / Math.sqrt(sampleSize);
  return { mean, low: mean - half, high: mean + half };
}
