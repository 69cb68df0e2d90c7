import { sampleStandardDeviation } from 'simple-statistics';

import { CANARY } from '../../../contracts/thresholds.ts';
import type { GoldenRunStatus, ValidationDraft } from '../../../contracts/api/orchestration.ts';
import { meanInterval95 } from '../kit/statistics/mean-interval.ts';
import type { QualityStatistics } from '../kit/telemetry/types.ts';

export type Baseline = NonNullable<ValidationDraft['baseline']>;
export type BaselineResult =
  | { readonly established: true; readonly baseline: Baseline }
  | { readonly established: false; readonly reason: string };

/** Below this a drop of 5 % cannot be seen (world spec §6), so there would be nothing to protect quality with. */
const MINIMUM_QUALITY_SAMPLES = CANARY.minimumQualitySamplesPerArm;

/** From the scores of the customer's own traffic. */
export function establishBaseline(deployment: string, quality: QualityStatistics | null): BaselineResult {
  if (quality === null) {
    return { established: false, reason: `no telemetry of ${deployment} with a quality score` };
  }
  const { sampleSize, mean, standardDeviation } = quality;
  if (sampleSize < MINIMUM_QUALITY_SAMPLES) {
    const reason = `no telemetry of ${deployment} that suffices: ${sampleSize} quality scores, ${MINIMUM_QUALITY_SAMPLES} are needed`;
    return { established: false, reason };
  }
  const { low, high } = meanInterval95(mean, standardDeviation, sampleSize);
  return {
    established: true,
    baseline: {
      mean_score: mean,
      interval: { low, high },
      standard_deviation: standardDeviation,
      sample_size: sampleSize,
      source: 'traffic',
      golden_run_id: null,
    },
  };
}

/** From the answers to golden prompts; null when there are too few for a deviation. */
export function goldenBaselineOf(run: Pick<GoldenRunStatus, 'golden_run_id' | 'answers'>): Baseline | null {
  const scores = run.answers.map(({ quality_score }) => quality_score);
  if (scores.length < 2) return null;
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const deviation = sampleStandardDeviation(scores);
  const { low, high } = meanInterval95(mean, deviation, scores.length);
  return {
    mean_score: mean,
    interval: { low, high },
    standard_deviation: deviation,
    sample_size: scores.length,
    source: 'golden_prompts',
    golden_run_id: run.golden_run_id,
  };
}

export function describe({ mean_score, interval, sample_size, source }: Baseline): string {
  const scores = source === 'traffic' ? 'scores' : 'golden prompts';
  const [mean, low, high] = [mean_score, interval.low, interval.high].map((score) => score.toFixed(4));
  return `Baseline quality ${mean ?? ''} (95 % interval ${low ?? ''}–${high ?? ''}) from ${sample_size} ${scores}.`;
}
