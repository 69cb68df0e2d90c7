import { CANARY } from '../../../contracts/thresholds.ts';
import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import type { ValidationDraft } from '../../../contracts/api/orchestration.ts';
import { approve, approveIf, veto } from '../kit/opinion.ts';
import { meanInterval95 } from '../kit/statistics/mean-interval.ts';
import type { QualityStatistics } from '../kit/telemetry/types.ts';

export type Baseline = NonNullable<ValidationDraft['baseline']>;
export type BaselineResult =
  | { readonly established: true; readonly baseline: Baseline }
  | { readonly established: false; readonly reason: string };

/** Below this a drop of 5 % cannot be seen (world spec §6), so there would be nothing to protect quality with. */
const MINIMUM_QUALITY_SAMPLES = CANARY.minimumQualitySamplesPerArm;

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
    },
  };
}

/** Is there a baseline to hold the change against, and does the present state keep the promised quality? */
export function judgeQuality(result: BaselineResult, slo: ServiceLevelObjective): ValidationDraft {
  if (!result.established) return veto({ reasons: [result.reason], figures: {} });
  const { baseline } = result;
  const { low, high } = baseline.interval;
  const figures = {
    baseline_quality_mean: baseline.mean_score,
    baseline_quality_low: low,
    baseline_quality_high: high,
    baseline_quality_standard_deviation: baseline.standard_deviation,
    quality_samples_count: baseline.sample_size,
    slo_quality_score: slo.quality_score,
  };
  const reasons = [describe(baseline), 'Model, precision and engine configuration stay as they are.'];
  if (high < slo.quality_score) {
    reasons.unshift(
      `Quality is below the promised ${slo.quality_score} already: a change on top would hide the cause.`,
    );
    return veto({ reasons, figures, baseline });
  }
  if (low < slo.quality_score) {
    const condition = `Quality is watched at every stage: it is not surely above the promised ${slo.quality_score} now.`;
    return approveIf(condition, { reasons, figures, baseline });
  }
  return approve({ reasons, figures, baseline });
}

export function describe({ mean_score, interval, sample_size }: Baseline): string {
  const [mean, low, high] = [mean_score, interval.low, interval.high].map((score) => score.toFixed(4));
  return `Baseline quality ${mean ?? ''} (95 % interval ${low ?? ''}–${high ?? ''}) from ${sample_size} scores.`;
}
