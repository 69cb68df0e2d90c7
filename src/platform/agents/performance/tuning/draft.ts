import { HOURS_PER_MONTH } from '../../../../contracts/api/common.ts';
import type { EngineConfiguration } from '../../../../contracts/api/customers.ts';
import type { RecommendationDraft } from '../../../../contracts/api/orchestration.ts';
import type { ConfigurationPlan, LatencyPrediction } from '../../../../contracts/api/recommendations.ts';
import { confidenceOf } from '../../kit/confidence.ts';
import { prefixShareOf } from '../../kit/engine/prefix-share.ts';
import { describeMode } from '../../kit/engine/quantization.ts';
import {
  engineFigures,
  forecastFigures,
  observationFigures,
  WEIGHT_BITS,
} from '../../kit/observation/figures.ts';
import { ms } from '../../kit/observation/fleet-forecast.ts';
import type { CommonPlace } from '../../kit/observation/instance-type.ts';
import { predictLatency } from '../../kit/observation/latency-prediction.ts';
import { correctionFrom, PATTERNS_ASKED, type Correction } from '../../kit/patterns/correction.ts';
import { featuresOf, situationOf } from '../../kit/patterns/features.ts';
import type { AgentServices } from '../../kit/services.ts';
import type { TuningCandidate, TuningInputs } from './candidates.ts';

type Place = Extract<CommonPlace, { ok: true }>;

/** The recommendation of a configuration, or the reason why its latency cannot be told. */
export async function draftTuning(
  { patterns }: AgentServices,
  inputs: TuningInputs,
  place: Place,
  chosen: TuningCandidate,
): Promise<RecommendationDraft | string> {
  const { observation } = inputs;
  const plan = planOf(inputs, place, chosen.to);
  const figures = figuresOf(inputs, chosen);
  const features = featuresOf(situationOf(plan, figures));
  const correction = correctionFrom(await patterns.nearest(features, PATTERNS_ASKED, plan.kind), 'latency');
  const latency = predictLatency(observation, chosen.forecast.after, chosen.bounds, correction.factor);
  if (latency === null) {
    return `${plan.deployment}: ${describeChange(plan.from, plan.to)} could overload the fleet within the interval`;
  }
  const cost = observation.instances.reduce((sum, node) => sum + node.usd_per_hour, 0) * HOURS_PER_MONTH;
  return {
    type: typeOf(plan),
    title: `Tune ${plan.deployment}: ${describeChange(plan.from, plan.to)}`,
    confidence: confidenceIn(inputs, latency, correction),
    risk_level: plan.from.quantization === plan.to.quantization ? 'low' : 'medium',
    reasons: reasonsFor(inputs, chosen, latency, correction),
    plan,
    forecast: {
      cost_before_usd_per_month: cost,
      cost_after_usd_per_month: cost,
      raw_savings_usd_per_month: 0,
      savings_usd_per_month: 0,
      low_usd_per_month: 0,
      high_usd_per_month: 0,
      inputs: { ...figures, correction_factor: correction.factor },
      patterns: correction.patterns,
      latency,
    },
  };
}

function typeOf({ from, to }: ConfigurationPlan): RecommendationDraft['type'] {
  const onlyWeights =
    from.kv_allocation === to.kv_allocation &&
    from.prefix_caching === to.prefix_caching &&
    from.scheduler === to.scheduler;
  return onlyWeights ? 'quantization' : 'kv_cache_optimization';
}

function planOf(
  { observation }: TuningInputs,
  { provider, region, instanceType }: Place,
  to: EngineConfiguration,
): ConfigurationPlan {
  return {
    kind: 'configuration_change',
    deployment: observation.deployment.name,
    provider,
    region,
    instance_type: instanceType,
    instance_ids: observation.instances.map(({ instance_id }) => instance_id).toSorted(),
    from: observation.deployment.engine_configuration,
    to,
  };
}

/** The change in words: only what differs. */
function describeChange(from: EngineConfiguration, to: EngineConfiguration): string {
  const parts = [
    from.kv_allocation === to.kv_allocation ? null : `${to.kv_allocation} KV cache`,
    from.prefix_caching === to.prefix_caching ? null : `prefix caching ${to.prefix_caching ? 'on' : 'off'}`,
    from.scheduler === to.scheduler ? null : `${to.scheduler.replace('_', ' ')} scheduling`,
    from.quantization === to.quantization ? null : `${to.quantization.toUpperCase()} weights`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function figuresOf({ observation, quality }: TuningInputs, chosen: TuningCandidate): Record<string, number> {
  const share = prefixShareOf(observation);
  return {
    nodes_count: observation.instances.length,
    ...observationFigures(observation),
    ...engineFigures(observation),
    ...forecastFigures(chosen.forecast),
    raw_predicted_latency_ms_p95: chosen.forecast.after.latencyMsP95,
    prefix_share_expected: share.expected,
    prefix_share_low: share.low,
    prefix_share_high: share.high,
    weight_bits_after: WEIGHT_BITS[chosen.to.quantization],
    weight_pass_factor: chosen.mode.weightPassFactor,
    prefill_factor: chosen.mode.prefillFactor,
    quality_ratio_published: chosen.qualityRatio,
    ...(quality === null
      ? {}
      : { quality_mean: quality.mean, quality_mean_expected: quality.mean * chosen.qualityRatio }),
  };
}

/** As for a saving, with the latency gained in its place. */
function confidenceIn(
  { observation }: TuningInputs,
  latency: LatencyPrediction,
  { experience }: Correction,
): number {
  const gain = (p95: number): number => latency.latency_ms_p95_now - p95;
  return confidenceOf({
    savings: gain(latency.latency_ms_p95),
    low: gain(latency.high_latency_ms_p95),
    high: gain(latency.low_latency_ms_p95),
    requests: observation.requests.requests,
    iterations: observation.estimate.sampleSize,
    experience,
  });
}

function reasonsFor(
  { observation, slo }: TuningInputs,
  chosen: TuningCandidate,
  latency: LatencyPrediction,
  correction: Correction,
): string[] {
  const { to, mode, qualityRatio, brokenPromises } = chosen;
  const share = prefixShareOf(observation);
  const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
  const reasons = [
    `P95 ${ms(latency.latency_ms_p95_measured)} measured, ${ms(latency.latency_ms_p95)} predicted ` +
      `(${ms(latency.low_latency_ms_p95)} to ${ms(latency.high_latency_ms_p95)}), promised ${ms(slo.latency_ms_p95)}.`,
  ];
  if (to.prefix_caching && share.source === 'published') {
    reasons.push(
      `Nothing measured tells what prompts have in common while the prefix cache is off: ${percent(share.expected)} of the ` +
        `input is expected from published hit rates, ${percent(share.low)} to ${percent(share.high)} in the interval.`,
    );
  }
  if (to.quantization !== observation.deployment.engine_configuration.quantization) {
    reasons.push(
      `${describeMode(mode)}: a weight pass takes ${percent(mode.weightPassFactor)} of its time in BF16, ` +
        `${(qualityRatio * 100).toFixed(1)} % of the score is kept by published evaluations.`,
    );
  }
  reasons.push(...brokenPromises.map((broken) => `Still missed afterwards: ${broken}.`));
  if (correction.patterns.length > 0) {
    reasons.push(
      `Corrected from ${ms(chosen.forecast.after.latencyMsP95)} by ${correction.patterns.length} similar outcome(s).`,
    );
  }
  return reasons;
}
