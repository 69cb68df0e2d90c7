import { cumulativeStdNormalProbability } from 'simple-statistics';

import type { GoldenAnswer } from '../../../contracts/api/agent-runtime.ts';
import type { QualityComparisonReport } from '../../../contracts/api/orchestration.ts';
import { THRESHOLDS } from '../../../contracts/thresholds.ts';
import { studentQuantile } from '../kit/statistics/student-quantile.ts';

/** A drop that matters: what the customer's promise allows at most. */
export const ALARM_DROP = THRESHOLDS.qualityRelativeDrop;
/** Fewer pairs cannot show a drop of 5 % (world spec §6). */
export const MINIMUM_PAIRS = 37;
/** 95 % quantile of the standard normal distribution. */
const NORMAL_95 = 1.6448536269514722;

type Score = Pick<GoldenAnswer, 'prompt_id' | 'quality_score'>;

export interface Drop {
  /** Means of the prompts that both runs answered. */
  readonly baselineMean: number;
  readonly presentMean: number;
  /** Of the mean, as a share of the baseline's; negative when answers became better. */
  readonly share: number;
  /** One-sided 95 % bounds. */
  readonly lower: number;
  readonly upper: number;
  /** Probability that answers are worse at all, and that they are worse by more than the alarm's drop. */
  readonly confidence: number;
  readonly confidenceAboveAlarm: number;
}
export interface PairedComparison {
  readonly verdict: QualityComparisonReport['verdict'];
  readonly pairs: number;
  /** Null below two pairs, or when the baseline scored nothing. */
  readonly drop: Drop | null;
}

/**
 * Holds a golden run against the baseline, prompt by prompt: a prompt's own difficulty is in both and cancels out. The
 * drop is a ratio of means, its standard error that of the ratio estimator.
 */
export function comparePaired(baseline: readonly Score[], present: readonly Score[]): PairedComparison {
  const before = new Map(baseline.map(({ prompt_id, quality_score }) => [prompt_id, quality_score]));
  const pairs = present.flatMap(({ prompt_id, quality_score }) => {
    const was = before.get(prompt_id);
    return was === undefined ? [] : [{ was, is: quality_score }];
  });
  const drop = dropOf(pairs);
  return { verdict: verdictOf(pairs.length, drop), pairs: pairs.length, drop };
}

function dropOf(pairs: readonly { readonly was: number; readonly is: number }[]): Drop | null {
  const baselineMean = pairs.reduce((sum, { was }) => sum + was, 0) / pairs.length;
  const presentMean = pairs.reduce((sum, { is }) => sum + is, 0) / pairs.length;
  if (pairs.length < 2 || baselineMean <= 0) return null;
  const share = 1 - presentMean / baselineMean;
  const squares = pairs.reduce((sum, { was, is }) => sum + (is - (1 - share) * was) ** 2, 0);
  const deviation = Math.sqrt(squares / (pairs.length - 1));
  const error = deviation / Math.sqrt(pairs.length) / baselineMean;
  const half = studentQuantile(NORMAL_95, pairs.length - 1) * error;
  return {
    baselineMean,
    presentMean,
    share,
    lower: share - half,
    upper: share + half,
    confidence: probabilityAbove(share, error),
    confidenceAboveAlarm: probabilityAbove(share - ALARM_DROP, error),
  };
}

function probabilityAbove(distance: number, error: number): number {
  if (error > 0) return cumulativeStdNormalProbability(distance / error);
  return distance > 0 ? 1 : 0;
}

/**
 * The alarm: the drop is proven (its lower bound is above 0) and matters (it is above 5 %). Kept: the upper bound has
 * not passed 5 %.
 */
function verdictOf(pairs: number, drop: Drop | null): PairedComparison['verdict'] {
  if (pairs < MINIMUM_PAIRS || drop === null) return 'inconclusive';
  if (drop.lower > 0 && drop.share > ALARM_DROP) return 'regression';
  return drop.upper <= ALARM_DROP ? 'kept' : 'inconclusive';
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The drop with its bounds and the number of pairs, in a sentence's part. */
export function describeDrop({ drop, pairs }: PairedComparison): string {
  if (drop === null) return `${pairs} paired golden prompts`;
  const means = `${drop.baselineMean.toFixed(4)} → ${drop.presentMean.toFixed(4)}`;
  const bounds = `one-sided 95 % bounds ${percent(drop.lower)} and ${percent(drop.upper)}`;
  return `drop of ${percent(drop.share)} (${means}; ${bounds}) over ${pairs} paired golden prompts`;
}
