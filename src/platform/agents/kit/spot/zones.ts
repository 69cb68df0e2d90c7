import { median } from 'simple-statistics';

import type { PriceQuote } from '../../../../contracts/market.ts';

export interface ZonePrice {
  readonly zone: string;
  readonly usd_per_hour: number;
}

/** Spot above this share of the on-demand price is no discount worth an interruption. */
const USEFUL_SPOT_SHARE = 0.9;
/** A zone this far below the median of the useful ones may not hold its price. */
const OUTLIER_SHARE = 0.5;

/** Cheapest first; equal prices by name, so that the same quote gives the same plan. */
export function usefulZones(quote: PriceQuote): readonly ZonePrice[] {
  return quote.spot
    .filter(({ usd_per_hour }) => usd_per_hour <= USEFUL_SPOT_SHARE * quote.on_demand_usd_per_hour)
    .toSorted((left, right) => left.usd_per_hour - right.usd_per_hour || left.zone.localeCompare(right.zone));
}

/** One node in each zone, cheapest first, before any zone gets a second: losses in one zone come together. */
export function spreadOver(zones: readonly ZonePrice[], nodes: number): readonly ZonePrice[] {
  return Array.from({ length: nodes }, (_node, index) => zones[index % zones.length]).filter(
    (zone) => zone !== undefined,
  );
}

/** Where to look when a pool is empty: zones the plan does not use yet come first. */
export function fallbackZones(zones: readonly ZonePrice[], used: readonly ZonePrice[]): readonly string[] {
  const taken = new Set(used.map(({ zone }) => zone));
  const names = zones.map(({ zone }) => zone);
  return [...names.filter((zone) => !taken.has(zone)), ...names.filter((zone) => taken.has(zone))];
}

export function medianPrice(zones: readonly ZonePrice[]): number {
  return median(zones.map(({ usd_per_hour }) => usd_per_hour));
}

export function outlierZones(zones: readonly ZonePrice[]): readonly ZonePrice[] {
  if (zones.length < 3) return [];
  const limit = OUTLIER_SHARE * medianPrice(zones);
  return zones.filter(({ usd_per_hour }) => usd_per_hour < limit);
}
