import { median } from './median.ts';
import type { PriceRow } from './price-book.ts';

/** A spot price this near the on-demand price is no discount worth an interruption. */
const USEFUL_SHARE = 0.9;

/** Median over the zones that give a discount now; undefined when none does. */
export function usefulSpotUsdPerHour(row: Pick<PriceRow, 'onDemandUsdPerHour' | 'spot'>): number | undefined {
  const limit = USEFUL_SHARE * row.onDemandUsdPerHour;
  return median(row.spot.map(({ usdPerHour }) => usdPerHour).filter((price) => price <= limit));
}
