import type { DeploymentObservation } from './observe-deployment.ts';
import type { FleetForecast } from './fleet-forecast.ts';

export const WEIGHT_BITS = { bf16: 16, fp8: 8, int8: 8, w4a16: 4 } as const;

/** The numbers an observation consists of, under the names that forecasts and opinions publish. */
export function observationFigures(observation: DeploymentObservation): Record<string, number> {
  const { requests, estimate, traffic } = observation;
  return {
    requests_count: requests.requests,
    request_rate_per_second: traffic.requestsPerSecond,
    error_rate_share: requests.errorRate,
    measured_latency_ms_p50: requests.latencyMsP50,
    measured_latency_ms_p95: requests.latencyMsP95,
    measured_latency_ms_p99: requests.latencyMsP99,
    input_tokens_mean: requests.inputTokensMean,
    cached_tokens_mean: requests.cachedTokensMean,
    output_tokens_mean: traffic.outputTokensMean,
    output_tokens_p50: traffic.outputTokensP50,
    output_tokens_p95: traffic.outputTokensP95,
    output_tokens_p99: traffic.outputTokensP99,
    iterations_count: estimate.sampleSize,
    fit_residual_share: estimate.residualShare,
    overhead_ms: estimate.constants.overheadMs,
    weight_pass_ms: estimate.constants.weightPassMs,
    prefill_ms_per_token: estimate.constants.prefillMsPerToken,
    decode_ms_per_request: estimate.constants.decodeMsPerRequest,
  };
}

export function engineFigures({
  deployment,
}: Pick<DeploymentObservation, 'deployment'>): Record<string, number> {
  const engine = deployment.engine_configuration;
  return {
    engine_paged_kv_flag: engine.kv_allocation === 'paged' ? 1 : 0,
    engine_prefix_caching_flag: engine.prefix_caching ? 1 : 0,
    engine_chunked_scheduler_flag: engine.scheduler === 'chunked' ? 1 : 0,
    engine_weight_bits: WEIGHT_BITS[engine.quantization],
  };
}

/** Only what has a value: an unstable forecast has no latency, and a made-up one would look like knowledge. */
export function forecastFigures({ now, after, oneMissing }: FleetForecast): Record<string, number> {
  return {
    nodes_after_count: after.nodes,
    ...(now.stable ? { predicted_latency_ms_p95_now: now.latencyMsP95 } : {}),
    ...(after.stable
      ? { predicted_latency_ms_p95: after.latencyMsP95, predicted_latency_ms_p99: after.latencyMsP99 }
      : {}),
    ...(oneMissing.stable ? { predicted_latency_ms_p95_one_node_missing: oneMissing.latencyMsP95 } : {}),
    ...finite('demand_share', now.demand),
    ...finite('demand_share_one_node_missing', oneMissing.demand),
  };
}

function finite(name: string, value: number): Record<string, number> {
  return Number.isFinite(value) ? { [name]: value } : {};
}
