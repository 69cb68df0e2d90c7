import type { LatencyPrediction } from '../../../../contracts/api/recommendations.ts';
import type { LatencyForecast } from '../latency/closed-form.ts';
import { forecastFor, type DeploymentObservation } from './observe-deployment.ts';

/** Mean error of the closed form on stable fleets: an interval is never narrower, however well the present one fits. */
const PUBLISHED_ERROR_SHARE = 0.05;

/**
 * The latencies expected after a change, with the model's error on the fleet as it is for an interval. `bounds` are
 * forecasts under the extremes of what is not measured; an unstable one has no upper end, so there is no prediction then.
 */
export function predictLatency(
  present: DeploymentObservation,
  after: LatencyForecast,
  bounds: readonly LatencyForecast[] = [],
  factor = 1,
): LatencyPrediction | null {
  const now = forecastFor(present, present.instances.length);
  if (!after.stable || !now.stable) return null;
  const p95s = [after.latencyMsP95];
  for (const bound of bounds) {
    if (!bound.stable) return null;
    p95s.push(bound.latencyMsP95);
  }
  const measured = present.requests.latencyMsP95;
  const error = Math.max(PUBLISHED_ERROR_SHARE, Math.abs(now.latencyMsP95 / measured - 1));
  return {
    latency_ms_p50: after.latencyMsP50 * factor,
    latency_ms_p95: after.latencyMsP95 * factor,
    latency_ms_p99: after.latencyMsP99 * factor,
    low_latency_ms_p95: Math.max(0, Math.min(...p95s) * (1 - error)) * factor,
    high_latency_ms_p95: Math.max(...p95s) * (1 + error) * factor,
    latency_ms_p95_now: now.latencyMsP95,
    latency_ms_p95_measured: measured,
  };
}
