import { HOURS_PER_MONTH } from '../../../../contracts/api/common.ts';
import type { HybridSolution } from '../../../../contracts/api/orchestration.ts';
import type { HybridPlan } from '../../../../contracts/api/recommendations.ts';
import { confidenceOf } from '../../kit/confidence.ts';
import type { Change } from '../../kit/engine/change.ts';
import { engineFigures, forecastFigures, observationFigures } from '../../kit/observation/figures.ts';
import { ms } from '../../kit/observation/fleet-forecast.ts';
import type { CommonPlace } from '../../kit/observation/instance-type.ts';
import { predictLatency } from '../../kit/observation/latency-prediction.ts';
import { forecastFor } from '../../kit/observation/observe-deployment.ts';
import { correctionFrom, PATTERNS_ASKED } from '../../kit/patterns/correction.ts';
import { featuresOf, situationOf } from '../../kit/patterns/features.ts';
import { interruptionsPerMonth } from '../../kit/savings/monthly-cost.ts';
import type { AgentServices } from '../../kit/services.ts';
import { splitOnDemand } from '../../kit/spot/replaceable.ts';
import { riskOf } from '../../kit/spot/risk.ts';
import { fallbackZones } from '../../kit/spot/zones.ts';
import { describeFleet, type FleetInputs, type HybridFleet } from './fleets.ts';

type Place = Extract<CommonPlace, { ok: true }>;

/** The parts in the order in which capacity never falls short: tune, then move to spot, then retire what is left over. */
export function hybridPlanOf(inputs: FleetInputs, place: Place, fleet: HybridFleet): HybridPlan {
  const { wishes, present, preferences, zones } = inputs;
  const { provider, region, instanceType } = place;
  const { replaceable, protected: held } = splitOnDemand(present.instances, preferences);
  const ids = (instances: typeof held): string[] => instances.map(({ instance_id }) => instance_id);
  const spot = fleet.spotNodes.length;
  const retired = present.instances.length - fleet.onDemandNodes - spot;
  const replace = replaceable.slice(0, spot);
  const retire = replaceable.slice(spot, spot + retired);
  const keep = [...held, ...replaceable.slice(spot + retired)];
  const scope = { deployment: wishes.deployment, provider, region, instance_type: instanceType };
  const parts: HybridPlan['parts'][number][] = [];
  if (wishes.configuration !== null) parts.push(wishes.configuration);
  if (spot > 0) {
    parts.push({
      ...scope,
      kind: 'spot_migration',
      provider: 'aws',
      replace_instance_ids: ids(replace),
      keep_instance_ids: ids([...keep, ...retire]),
      spot_nodes: fleet.spotNodes,
      fallback_zones: fallbackZones(zones, fleet.spotNodes),
      kept_on_demand_share: (keep.length + retire.length) / present.instances.length,
    });
  }
  if (retired > 0) {
    parts.push({
      ...scope,
      kind: 'scale_in',
      reason: 'over_provisioned',
      retire_instance_ids: ids(retire),
      // The spot nodes of the part before stay as well; they have no names yet.
      keep_instance_ids: ids(keep),
    });
  }
  return { ...scope, kind: 'hybrid', parts, recommendation_ids: wishes.recommendationIds };
}

/** The plan with its own prediction, or why there is none. */
export async function solutionOf(
  { patterns }: AgentServices,
  inputs: FleetInputs,
  plan: HybridPlan,
  fleet: HybridFleet,
  change: Extract<Change, { ok: true }>,
): Promise<HybridSolution | string> {
  const { present, preferences } = inputs;
  const nodes = fleet.onDemandNodes + fleet.spotNodes.length;
  const bounds = change.bounds.map((bound) => forecastFor(bound, nodes));
  const latency = predictLatency(present, fleet.latency.after, bounds);
  if (latency === null) {
    return `${describeFleet(fleet)} could be overloaded within the interval of its forecast`;
  }
  const figures = figuresOf(inputs, fleet);
  const features = featuresOf(situationOf(plan, figures));
  const correction = correctionFrom(await patterns.nearest(features, PATTERNS_ASKED, plan.kind));
  const { savings, cost } = fleet;
  const saved = savings.savingsUsdPerMonth * correction.factor;
  const [low, high] = [
    savings.lowUsdPerMonth * correction.factor,
    savings.highUsdPerMonth * correction.factor,
  ];
  const { oneMissing } = fleet.latency;
  const degraded = preferences.slo.latency_ms_p95_degraded;
  return {
    plan,
    forecast: {
      cost_before_usd_per_month: savings.costBeforeUsdPerMonth,
      cost_after_usd_per_month: Math.max(0, savings.costBeforeUsdPerMonth - saved),
      raw_savings_usd_per_month: savings.savingsUsdPerMonth,
      savings_usd_per_month: saved,
      low_usd_per_month: low,
      high_usd_per_month: high,
      inputs: { ...figures, correction_factor: correction.factor },
      patterns: correction.patterns,
      latency,
    },
    confidence: confidenceOf({
      savings: saved,
      low,
      high,
      requests: present.requests.requests,
      iterations: present.estimate.sampleSize,
      experience: correction.experience,
    }),
    risk_level: riskOf({
      keptOnDemandShare: fleet.onDemandNodes / nodes,
      interruptionsPerMonth: interruptionsPerMonth(cost.spotNodes, inputs.interruptions.current),
      degradedHeadroomShare: oneMissing.stable ? 1 - oneMissing.latencyMsP95 / degraded : 0,
    }),
    reasons: reasonsFor(inputs, fleet, change, latency.latency_ms_p95),
  };
}

function figuresOf({ present, interruptions }: FleetInputs, fleet: HybridFleet): Record<string, number> {
  const { cost, savings, latency } = fleet;
  return {
    nodes_count: cost.nodesBefore,
    on_demand_nodes_count: cost.onDemandNodes,
    spot_nodes_count: cost.spotNodes,
    hours_per_month: HOURS_PER_MONTH,
    on_demand_usd_per_hour: cost.onDemandUsdPerHour,
    spot_usd_per_hour: cost.spotUsdPerHour,
    availability_share: interruptions.current.availability,
    interruptions_per_node_hour: interruptions.current.interruptions_per_node_hour,
    cold_start_seconds: cost.coldStartSeconds,
    cost_before_usd_per_month: savings.costBeforeUsdPerMonth,
    raw_cost_after_usd_per_month: savings.costAfterUsdPerMonth,
    ...observationFigures(present),
    ...engineFigures(present),
    ...forecastFigures(latency),
    ...(latency.after.stable ? { raw_predicted_latency_ms_p95: latency.after.latencyMsP95 } : {}),
  };
}

function reasonsFor(
  { preferences, present }: FleetInputs,
  fleet: HybridFleet,
  change: Extract<Change, { ok: true }>,
  p95: number,
): string[] {
  const usd = (value: number): string => `$${Math.round(value).toLocaleString('en-US')}`;
  const { savings, latency } = fleet;
  const { slo } = preferences;
  const missing = latency.oneMissing.stable ? ms(latency.oneMissing.latencyMsP95) : 'no steady state';
  return [
    `${describeFleet(fleet)} of the tuned engine in place of ${present.instances.length} nodes: ` +
      `${usd(savings.costAfterUsdPerMonth)} a month instead of ${usd(savings.costBeforeUsdPerMonth)}.`,
    `P95 ${ms(p95)} (promised ${ms(slo.latency_ms_p95)}), ${missing} with one spot node missing ` +
      `(bearable ${ms(slo.latency_ms_p95_degraded)}).`,
    ...change.notes,
  ];
}
