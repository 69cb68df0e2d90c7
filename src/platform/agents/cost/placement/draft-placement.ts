import { HOURS_PER_MONTH } from '../../../../contracts/api/common.ts';
import type { CustomerContext, RecommendationDraft } from '../../../../contracts/api/orchestration.ts';
import type { PlacementPlan } from '../../../../contracts/api/recommendations.ts';
import { confidenceOf } from '../../kit/confidence.ts';
import { engineFigures, forecastFigures, observationFigures } from '../../kit/observation/figures.ts';
import { forecastFleet, type FleetForecast } from '../../kit/observation/fleet-forecast.ts';
import { predictLatency } from '../../kit/observation/latency-prediction.ts';
import { correctionFrom, PATTERNS_ASKED } from '../../kit/patterns/correction.ts';
import { featuresOf, situationOf } from '../../kit/patterns/features.ts';
import { interruptionsPerMonth } from '../../kit/savings/monthly-cost.ts';
import type { AgentServices } from '../../kit/services.ts';
import { riskOf } from '../../kit/spot/risk.ts';
import { usd } from '../finding.ts';
import { describe, presentComputeUsd, type DeploymentToPlace, type Option } from './options.ts';
import { BYTES_PER_TOKEN, MESSAGE_OVERHEAD_BYTES, sourceOfBytes, type Transfer } from './transfer.ts';

export interface PlacementParts {
  readonly deployment: DeploymentToPlace;
  readonly option: Option;
  readonly transfer: Transfer;
  readonly transferUsdPerMonth: number;
  readonly presentTransferUsdPerMonth: number;
}

export async function draftPlacement(
  services: AgentServices,
  context: CustomerContext,
  parts: PlacementParts,
): Promise<RecommendationDraft> {
  const { deployment, option } = parts;
  const { observation } = deployment;
  const fleet = forecastFleet(observation, observation.instances.length);
  const plan = planOf(parts);
  const inputs = inputsOf(parts, fleet);
  const near = await services.patterns.nearest(
    featuresOf(situationOf(plan, inputs)),
    PATTERNS_ASKED,
    plan.kind,
  );
  const { factor, patterns, experience } = correctionFrom(near);
  const before = presentComputeUsd(observation) + parts.presentTransferUsdPerMonth;
  const saved = (compute: number): number => (before - compute - parts.transferUsdPerMonth) * factor;
  const savings = saved(option.computeUsdPerMonth);
  const [low, high] = [saved(option.highComputeUsdPerMonth), saved(option.lowComputeUsdPerMonth)];
  const { slo } = context.preferences;
  const keptOnDemand = option.kept.filter(({ lifecycle }) => lifecycle === 'on_demand').length;
  const onDemandAfter = keptOnDemand + (option.lifecycle === 'on_demand' ? option.nodes.length : 0);
  return {
    type: 'cross_cloud_placement',
    title: `Move ${observation.deployment.name}: ${describe(option)}`,
    confidence: confidenceOf({
      savings,
      low,
      high,
      requests: observation.requests.requests,
      iterations: observation.estimate.sampleSize,
      experience,
    }),
    risk_level: riskOf({
      keptOnDemandShare: onDemandAfter / observation.instances.length,
      interruptionsPerMonth:
        option.lifecycle === 'spot'
          ? interruptionsPerMonth(option.nodes.length, option.offer.interruptions.current)
          : 0,
      degradedHeadroomShare: fleet.oneMissing.stable
        ? 1 - fleet.oneMissing.latencyMsP95 / slo.latency_ms_p95_degraded
        : 0,
    }),
    reasons: reasonsFor(parts, before, savings),
    plan,
    forecast: {
      cost_before_usd_per_month: before,
      cost_after_usd_per_month: Math.max(0, before - savings),
      raw_savings_usd_per_month: savings / factor,
      savings_usd_per_month: savings,
      low_usd_per_month: low,
      high_usd_per_month: high,
      inputs: { ...inputs, correction_factor: factor },
      patterns,
      latency: predictLatency(observation, fleet.after),
    },
  };
}

function planOf({ deployment, option, transfer, transferUsdPerMonth }: PlacementParts): PlacementPlan {
  const { observation, place } = deployment;
  const ids = (instances: Option['moved']): string[] => instances.map(({ instance_id }) => instance_id);
  return {
    kind: 'placement',
    deployment: observation.deployment.name,
    provider: place.provider,
    region: place.region,
    instance_type: place.instanceType,
    replace_instance_ids: ids(option.moved),
    keep_instance_ids: ids(option.kept),
    target: {
      provider: option.offer.place.provider,
      region: option.offer.place.region,
      instance_type: option.offer.instanceType,
      lifecycle: option.lifecycle,
      nodes: option.nodes,
    },
    transfer: { gb_per_month: transfer.gbPerMonth, usd_per_month: transferUsdPerMonth },
  };
}

function meanPrice(nodes: readonly { readonly usd_per_hour: number }[]): number {
  return nodes.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0) / nodes.length;
}

function inputsOf(parts: PlacementParts, fleet: FleetForecast): Record<string, number> {
  const { deployment, option } = parts;
  const { observation } = deployment;
  const { interruptions, quote } = option.offer;
  return {
    nodes_count: observation.instances.length,
    moved_nodes_count: option.nodes.length,
    hours_per_month: HOURS_PER_MONTH,
    // The moved nodes' price where they are, and where they go.
    on_demand_usd_per_hour: meanPrice(option.moved),
    moved_usd_per_hour: option.moved.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0),
    target_usd_per_hour: quote.on_demand_usd_per_hour,
    spot_usd_per_hour: meanPrice(option.nodes),
    availability_share: interruptions.current.availability,
    interruptions_per_node_hour: interruptions.current.interruptions_per_node_hour,
    cold_start_seconds: interruptions.cold_start_seconds,
    compute_before_usd_per_month: presentComputeUsd(observation),
    compute_after_usd_per_month: option.computeUsdPerMonth,
    transfer_before_usd_per_month: parts.presentTransferUsdPerMonth,
    transfer_usd_per_month: parts.transferUsdPerMonth,
    transfer_gb_per_month: parts.transfer.gbPerMonth,
    bytes_per_token: BYTES_PER_TOKEN,
    message_overhead_bytes: MESSAGE_OVERHEAD_BYTES,
    ...observationFigures(observation),
    ...engineFigures(observation),
    ...forecastFigures(fleet),
  };
}

function reasonsFor(parts: PlacementParts, before: number, savings: number): string[] {
  const { deployment, option, transfer } = parts;
  const percent = ((savings / before) * 100).toFixed(1);
  return [
    `${describe(option)} instead of ${deployment.place.instanceType} at ${deployment.place.provider} ` +
      `${deployment.place.region}: nets ${usd(savings)} of ${usd(before)} a month (${percent} %).`,
    `Transfer: ${transfer.gbPerMonth.toFixed(0)} GB a month at ${usd(parts.transferUsdPerMonth)}, ` +
      `${sourceOfBytes(deployment.observation)}, no other egress counted.`,
    `The same GPUs serve there, so the measured constants hold; the network between the places is not in the latency.`,
    ...(option.kept.length > 0 ? [`${option.kept.length} node(s) stay where they are.`] : []),
  ];
}
