import type { ArmStatistics, StageJudgement } from '../../../contracts/api/recommendations.ts';
import { toTimestamp } from '../../../support/clock.ts';
import { upperBound } from './bounds.ts';
import { decide, latencyRatio, qualityDrop, type ArmSample, type StagePromise } from './decide.ts';
import type { TelemetryAnswer } from './telemetry.ts';

/** The record of one stage: the verdict with every figure it rests on. */
export function judge(
  sample: TelemetryAnswer,
  promise: StagePromise,
  window: { readonly fromMs: number; readonly toMs: number },
): StageJudgement {
  const { verdict, reasons } = decide(sample, promise);
  const quality = qualityDrop(sample.canary, sample.control);
  return {
    verdict,
    reasons,
    canary: statisticsOf(sample.canary),
    control: statisticsOf(sample.control),
    latency_p_value: sample.latencyPValue,
    latency_ratio: latencyRatio(sample.canary, sample.control),
    quality_drop: quality?.drop ?? null,
    quality_drop_upper: quality?.upper ?? null,
    error_rate_upper: upperBound(
      promise.prior.errors + sample.canary.errors,
      promise.prior.requests + sample.canary.requests,
    ),
    traffic_share: sample.allRequests === 0 ? null : sample.canary.requests / sample.allRequests,
    window_started_at: toTimestamp(window.fromMs),
    window_ended_at: toTimestamp(window.toMs),
  };
}

function statisticsOf(arm: ArmSample): ArmStatistics {
  return {
    instance_ids: arm.instanceIds,
    requests: arm.requests,
    errors: arm.errors,
    latency_ms_p50: arm.latencyMsP50,
    latency_ms_p95: arm.latencyMsP95,
    latency_ms_p99: arm.latencyMsP99,
    mean_quality: arm.meanQuality,
  };
}
