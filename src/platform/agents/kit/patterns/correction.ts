import type { NearPattern } from './pattern.ts';

/** Beyond this distance a pattern tells nothing about the situation. A doubled demand alone is about 0.2 away. */
export const NEAR_DISTANCE = 0.25;
/** Generous: in a busy environment a hundred outcomes of like customers may lie closer than the newest one. */
export const PATTERNS_ASKED = 100;
/** Weight of "the forecast is right" against the patterns: one identical pattern corrects two thirds of its error. */
const PRIOR_WEIGHT = 0.5;
/** A single odd outcome must not turn a forecast upside down. */
const RATIO_LIMITS = { low: 0.5, high: 1.5 };

export interface Correction {
  /** Multiplies the raw figure; 1 when no pattern was near enough. */
  readonly factor: number;
  readonly patterns: readonly {
    readonly pattern_id: string;
    readonly similarity: number;
    readonly ratio: number;
  }[];
  /** 0–1: how much measured experience stands behind the forecast; failures nearby count against it. */
  readonly experience: number;
}

export function similarityOf(distance: number): number {
  return Math.max(0, 1 - distance / NEAR_DISTANCE);
}

/** What is to be corrected: the saving by what was saved, or the latency by what was measured. */
export function correctionFrom(
  near: readonly NearPattern[],
  of: 'savings' | 'latency' = 'savings',
): Correction {
  const useful = near.filter(({ distance }) => similarityOf(distance) > 0);
  const measured = useful.flatMap(({ patternId, distance, ...ratios }) => {
    const ratio = of === 'savings' ? ratios.ratio : ratios.latencyRatio;
    return ratio === null ? [] : [{ pattern_id: patternId, similarity: similarityOf(distance), ratio }];
  });
  const weight = measured.reduce((sum, { similarity }) => sum + similarity, 0);
  const weighted = measured.reduce((sum, { similarity, ratio }) => sum + similarity * limited(ratio), 0);
  const good = useful.filter(({ succeeded }) => succeeded);
  const support = good.reduce((sum, { distance }) => sum + similarityOf(distance), 0);
  return {
    factor: (PRIOR_WEIGHT + weighted) / (PRIOR_WEIGHT + weight),
    patterns: measured,
    experience: useful.length === 0 ? 0 : ((support / (support + 1)) * good.length) / useful.length,
  };
}

function limited(ratio: number): number {
  return Math.min(RATIO_LIMITS.high, Math.max(RATIO_LIMITS.low, ratio));
}
