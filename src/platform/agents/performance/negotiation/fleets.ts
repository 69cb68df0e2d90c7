import type { Preferences } from '../../../../contracts/api/customers.ts';
import type { InterruptionStatistics, PriceQuote } from '../../../../contracts/market.ts';
import { brokenPromises, forecastChange, type FleetForecast } from '../../kit/observation/fleet-forecast.ts';
import type { DeploymentObservation } from '../../kit/observation/observe-deployment.ts';
import type { FleetCostInputs } from '../../kit/savings/monthly-cost.ts';
import { forecastSavings, type RawSavings } from '../../kit/savings/savings-forecast.ts';
import { splitOnDemand } from '../../kit/spot/replaceable.ts';
import { spreadOver, type ZonePrice } from '../../kit/spot/zones.ts';
import type { Wishes } from './question.ts';

/** A fleet of the tuned engine: how many nodes on demand and on spot, what it costs and how it serves. */
export interface HybridFleet {
  readonly onDemandNodes: number;
  readonly spotNodes: readonly ZonePrice[];
  readonly cost: FleetCostInputs;
  readonly savings: RawSavings;
  readonly latency: FleetForecast;
  /** Why it must not be; empty when it holds. */
  readonly objections: readonly string[];
}

export interface FleetInputs {
  readonly wishes: Wishes;
  readonly present: DeploymentObservation;
  readonly tuned: DeploymentObservation;
  readonly preferences: Preferences;
  readonly zones: readonly ZonePrice[];
  readonly quote: PriceQuote;
  readonly interruptions: InterruptionStatistics;
}

/** One node alone has none to take over when it is missing. */
const FEWEST_NODES = 2;

/** Every fleet that gives each wish its part: spot if it was asked for, fewer nodes if that was. */
export function enumerateFleets(inputs: FleetInputs): readonly HybridFleet[] {
  const { wishes, present, preferences } = inputs;
  const nodes = present.instances.length;
  const { protected: held } = splitOnDemand(present.instances, preferences);
  const most = wishes.scaleIn === null ? nodes : nodes - 1;
  const fleets: HybridFleet[] = [];
  for (let total = FEWEST_NODES; total <= most; total += 1) {
    const mustStay = Math.max(held.length, Math.ceil(preferences.minimum_on_demand_share * total - 1e-9));
    const mostSpot = wishes.migration === null ? 0 : total - mustStay;
    for (let spot = wishes.migration === null ? 0 : 1; spot <= mostSpot; spot += 1) {
      if (total - spot >= mustStay) fleets.push(fleetOf(inputs, total - spot, spot));
    }
  }
  return fleets;
}

export function cheapest(fleets: readonly HybridFleet[]): HybridFleet | null {
  const [best] = fleets
    .filter(({ objections }) => objections.length === 0)
    .toSorted((left, right) => right.savings.savingsUsdPerMonth - left.savings.savingsUsdPerMonth);
  return best ?? null;
}

function fleetOf(inputs: FleetInputs, onDemandNodes: number, spot: number): HybridFleet {
  const { present, tuned, preferences, zones, quote, interruptions } = inputs;
  const spotNodes = spreadOver(zones, spot);
  const onDemand = quote.on_demand_usd_per_hour;
  const cost: FleetCostInputs = {
    onDemandNodes,
    spotNodes: spot,
    nodesBefore: present.instances.length,
    onDemandUsdPerHour: onDemand,
    spotUsdPerHour:
      spot === 0 ? onDemand : spotNodes.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0) / spot,
    coldStartSeconds: interruptions.cold_start_seconds,
    transferGbPerMonth: 0,
    transferUsdPerGb: 0,
  };
  const savings = forecastSavings(cost, interruptions);
  const latency = forecastChange(present, tuned, onDemandNodes + spot);
  const objections = brokenPromises(latency, preferences.slo);
  if (spotNodes.length < spot) objections.push('no zone has useful spot');
  return { onDemandNodes, spotNodes, cost, savings, latency, objections };
}

export function describeFleet({ onDemandNodes, spotNodes }: HybridFleet): string {
  return `${onDemandNodes} on demand and ${spotNodes.length} on spot`;
}
