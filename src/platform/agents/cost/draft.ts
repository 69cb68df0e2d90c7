import { HOURS_PER_MONTH } from '../../../contracts/api/common.ts';
import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import type { RecommendationDraft } from '../../../contracts/api/orchestration.ts';
import type { MigrationPlan, SavingsForecast } from '../../../contracts/api/recommendations.ts';
import type { InterruptionStatistics } from '../../../contracts/market.ts';
import { engineFigures, forecastFigures, observationFigures } from '../kit/observation/figures.ts';
import { ms } from '../kit/observation/fleet-forecast.ts';
import { predictLatency } from '../kit/observation/latency-prediction.ts';
import type { DeploymentObservation } from '../kit/observation/observe-deployment.ts';
import type { Correction } from '../kit/patterns/correction.ts';
import { interruptionsPerMonth, MIGRATION_HOURS } from '../kit/savings/monthly-cost.ts';
import type { Candidate } from './candidates.ts';
import { confidenceOf } from '../kit/confidence.ts';
import { riskOf } from '../kit/spot/risk.ts';
import { medianPrice, outlierZones, type ZonePrice } from '../kit/spot/zones.ts';

export interface DraftInputs {
  readonly observation: DeploymentObservation;
  readonly candidate: Candidate;
  readonly plan: MigrationPlan;
  readonly zones: readonly ZonePrice[];
  readonly interruptions: InterruptionStatistics;
  readonly slo: ServiceLevelObjective;
  readonly type: 'spot_migration' | 'return_to_spot';
}

/** Every number the forecast was made of, so that anyone can recompute it. */
export function forecastInputs(inputs: Omit<DraftInputs, 'slo' | 'type'>): Record<string, number> {
  const { candidate, observation, interruptions, zones } = inputs;
  const { cost, savings } = candidate;
  const byPreset = Object.entries(savings.costAfterByPreset).map(([name, usd]): [string, number] => [
    `cost_after_usd_per_month_${name}`,
    usd,
  ]);
  return {
    nodes_count: cost.nodesBefore,
    on_demand_nodes_count: cost.onDemandNodes,
    spot_nodes_count: cost.spotNodes,
    hours_per_month: HOURS_PER_MONTH,
    on_demand_usd_per_hour: cost.onDemandUsdPerHour,
    spot_usd_per_hour: cost.spotUsdPerHour,
    spot_usd_per_hour_median_of_zones: medianPrice(zones),
    availability_share: interruptions.current.availability,
    interruptions_per_node_hour: interruptions.current.interruptions_per_node_hour,
    interruptions_per_month: interruptionsPerMonth(cost.spotNodes, interruptions.current),
    cold_start_seconds: cost.coldStartSeconds,
    migration_hours: MIGRATION_HOURS,
    transfer_gb_per_month: cost.transferGbPerMonth,
    transfer_usd_per_gb: cost.transferUsdPerGb,
    raw_cost_after_usd_per_month: savings.costAfterUsdPerMonth,
    ...Object.fromEntries(byPreset),
    ...observationFigures(observation),
    ...engineFigures(observation),
    ...forecastFigures(candidate.latency),
  };
}

export function correctedForecast(
  { candidate, observation }: Pick<DraftInputs, 'candidate' | 'observation'>,
  inputs: Readonly<Record<string, number>>,
  correction: Correction,
): SavingsForecast {
  const { savings, latency } = candidate;
  const corrected = savings.savingsUsdPerMonth * correction.factor;
  return {
    cost_before_usd_per_month: savings.costBeforeUsdPerMonth,
    cost_after_usd_per_month: Math.max(0, savings.costBeforeUsdPerMonth - corrected),
    raw_savings_usd_per_month: savings.savingsUsdPerMonth,
    savings_usd_per_month: corrected,
    low_usd_per_month: savings.lowUsdPerMonth * correction.factor,
    high_usd_per_month: savings.highUsdPerMonth * correction.factor,
    inputs: { ...inputs, correction_factor: correction.factor },
    patterns: correction.patterns,
    latency: predictLatency(observation, latency.after),
  };
}

export function draftOf(
  inputs: DraftInputs,
  forecast: SavingsForecast,
  experience: number,
): RecommendationDraft {
  const { plan, observation, candidate } = inputs;
  const count = plan.spot_nodes.length;
  return {
    type: inputs.type,
    title:
      inputs.type === 'return_to_spot'
        ? `Return ${count} fallback ${plan.instance_type} nodes of ${plan.deployment} to spot`
        : `Move ${count} of ${candidate.cost.nodesBefore} ${plan.instance_type} nodes of ${plan.deployment} to spot`,
    confidence: confidenceOf({
      savings: forecast.savings_usd_per_month,
      low: forecast.low_usd_per_month,
      high: forecast.high_usd_per_month,
      requests: observation.requests.requests,
      iterations: observation.estimate.sampleSize,
      experience,
    }),
    risk_level: riskOf({
      keptOnDemandShare: plan.kept_on_demand_share,
      interruptionsPerMonth: interruptionsPerMonth(count, inputs.interruptions.current),
      degradedHeadroomShare: headroom(candidate, inputs.slo),
    }),
    reasons: reasonsFor(inputs, forecast),
    plan,
    forecast,
  };
}

function headroom({ latency }: Candidate, slo: ServiceLevelObjective): number {
  return latency.oneMissing.stable ? 1 - latency.oneMissing.latencyMsP95 / slo.latency_ms_p95_degraded : 0;
}

function reasonsFor(inputs: DraftInputs, forecast: SavingsForecast): string[] {
  const { candidate, plan, slo, interruptions } = inputs;
  const usd = (value: number): string => `$${Math.round(value).toLocaleString('en-US')}`;
  const { oneMissing, after } = candidate.latency;
  const places = plan.spot_nodes.map(({ zone, usd_per_hour }) => `${zone} at $${usd_per_hour.toFixed(2)}/h`);
  const reasons = [
    `Spot in ${places.join(', ')} against $${candidate.cost.onDemandUsdPerHour.toFixed(2)}/h on demand.`,
    `Saves ${usd(forecast.savings_usd_per_month)} of ${usd(forecast.cost_before_usd_per_month)} a month, ` +
      `between ${usd(forecast.low_usd_per_month)} and ${usd(forecast.high_usd_per_month)} over ` +
      `${interruptions.presets.length} published interruption statistics.`,
  ];
  if (oneMissing.stable && after.stable) {
    reasons.push(
      `P95 stays at ${ms(after.latencyMsP95)} (promised ${ms(slo.latency_ms_p95)}) and at ` +
        `${ms(oneMissing.latencyMsP95)} with one spot node missing (bearable ${ms(slo.latency_ms_p95_degraded)}).`,
    );
  }
  reasons.push(
    `${(plan.kept_on_demand_share * 100).toFixed(0)} % of the nodes stay on demand; an empty spot slot is filled on demand.`,
  );
  for (const { zone, usd_per_hour } of outlierZones(inputs.zones)) {
    reasons.push(
      `The price of ${zone}, $${usd_per_hour.toFixed(2)}/h, is far below its neighbours' and may not hold.`,
    );
  }
  if (forecast.patterns.length > 0) {
    reasons.push(
      `Corrected from ${usd(forecast.raw_savings_usd_per_month)} by ${forecast.patterns.length} similar outcome(s).`,
    );
  }
  return reasons;
}
