import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import type { InterruptionStatistics, PriceQuote } from '../../../contracts/market.ts';
import { brokenPromises, forecastFleet, type FleetForecast } from '../kit/observation/fleet-forecast.ts';
import type { DeploymentObservation } from '../kit/observation/observe-deployment.ts';
import type { FleetCostInputs } from '../kit/savings/monthly-cost.ts';
import { forecastSavings, type RawSavings } from '../kit/savings/savings-forecast.ts';
import { spreadOver, type ZonePrice } from '../kit/spot/zones.ts';

/** One number of spot nodes, worked out to the end. */
export interface Candidate {
  readonly spotNodes: readonly ZonePrice[];
  readonly cost: FleetCostInputs;
  readonly savings: RawSavings;
  readonly latency: FleetForecast;
  /** Why it must not be done; empty when acceptable. */
  readonly objections: readonly string[];
}

export interface CandidateInputs {
  readonly observation: DeploymentObservation;
  readonly onDemandNodes: number;
  readonly limit: number;
  readonly zones: readonly ZonePrice[];
  readonly quote: PriceQuote;
  readonly interruptions: InterruptionStatistics;
  readonly slo: ServiceLevelObjective;
}

export function enumerateCandidates(inputs: CandidateInputs): readonly Candidate[] {
  return Array.from({ length: inputs.limit }, (_one, index) => candidate(inputs, index + 1));
}

/** The acceptable candidate with the highest saving. */
export function bestOf(candidates: readonly Candidate[]): Candidate | null {
  return candidates
    .filter(({ objections }) => objections.length === 0)
    .reduce<Candidate | null>(
      (best, next) =>
        best === null || next.savings.savingsUsdPerMonth > best.savings.savingsUsdPerMonth ? next : best,
      null,
    );
}

function candidate(inputs: CandidateInputs, count: number): Candidate {
  const spotNodes = spreadOver(inputs.zones, count);
  const cost: FleetCostInputs = {
    onDemandNodes: inputs.onDemandNodes - count,
    spotNodes: count,
    nodesBefore: inputs.onDemandNodes,
    onDemandUsdPerHour: inputs.quote.on_demand_usd_per_hour,
    spotUsdPerHour: spotNodes.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0) / count,
    coldStartSeconds: inputs.interruptions.cold_start_seconds,
    // Spot nodes of the same region: nothing crosses a billed border.
    transferGbPerMonth: 0,
    transferUsdPerGb: 0,
  };
  const savings = forecastSavings(cost, inputs.interruptions);
  const latency = forecastFleet(inputs.observation, inputs.observation.instances.length);
  const objections = brokenPromises(latency, inputs.slo);
  if (!(savings.savingsUsdPerMonth > 0)) {
    objections.push(`it saves nothing: $${savings.savingsUsdPerMonth.toFixed(0)} a month`);
  }
  return { spotNodes, cost, savings, latency, objections };
}
