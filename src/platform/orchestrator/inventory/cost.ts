import { HOURS_PER_MONTH, type Lifecycle } from '../../../contracts/api/common.ts';
import type { PriceQuote } from '../../../contracts/market.ts';
import { OptiInfraError } from '../../../support/errors.ts';

export interface CostOfFleet {
  readonly costRateUsdPerHour: number;
  readonly monthlyCostUsd: number;
  readonly onDemandNodes: number;
  readonly spotNodes: number;
}

/** What an instance costs an hour by its quote; a spot instance by the price of its zone. */
export function hourlyRate(quote: PriceQuote, lifecycle: Lifecycle, zone: string): number {
  if (lifecycle === 'on_demand') return quote.on_demand_usd_per_hour;
  const pool = quote.spot.find((spot) => spot.zone === zone);
  if (pool !== undefined) return pool.usd_per_hour;
  throw new OptiInfraError(
    'DEPENDENCY_UNAVAILABLE',
    `The market quotes no spot price for ${quote.instance_type} in ${zone}, where an instance runs.`,
  );
}

/** A cloud bills what runs: neither what still starts nor what shuts down. */
export function costOfFleet(
  instances: readonly {
    readonly state: string;
    readonly lifecycle: Lifecycle;
    readonly usd_per_hour: number;
  }[],
): CostOfFleet {
  const billed = instances.filter(({ state }) => state === 'running');
  const costRateUsdPerHour = billed.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0);
  const nodesOf = (lifecycle: Lifecycle): number =>
    billed.filter((instance) => instance.lifecycle === lifecycle).length;
  return {
    costRateUsdPerHour,
    monthlyCostUsd: costRateUsdPerHour * HOURS_PER_MONTH,
    onDemandNodes: nodesOf('on_demand'),
    spotNodes: nodesOf('spot'),
  };
}
