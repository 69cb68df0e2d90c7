import type { CloudProvider } from '../../contracts/api/common.ts';
import type { PriceQuote } from '../../contracts/market.ts';

/** Hourly prices of one instance type in one region, Linux, USD. */
export interface PriceRow {
  readonly provider: CloudProvider;
  readonly region: string;
  readonly instanceType: string;
  readonly onDemandUsdPerHour: number;
  /** Median around which the zone's spot price moves. */
  readonly spot: readonly ZonePrice[];
}
interface ZonePrice {
  readonly zone: string;
  readonly usdPerHour: number;
}

/** Prices of one origin and one day; rows of two books are never mixed. */
export interface PriceBook {
  /** `reference`, `list-2026-11`. */
  readonly name: string;
  readonly rateKind: PriceQuote['rate_kind'];
  readonly rows: readonly PriceRow[];
  /** What looks wrong in the rows but is not impossible. */
  readonly warnings: readonly PriceWarning[];
}
export interface PriceWarning {
  readonly kind: 'spot-outlier' | 'on-demand-outlier' | 'no-discount';
  readonly row: PriceRow;
  readonly zone: string | null;
  readonly message: string;
}

export function findPriceRow(
  book: PriceBook,
  provider: CloudProvider,
  region: string,
  instanceType: string,
): PriceRow | undefined {
  return book.rows.find(
    (row) => row.provider === provider && row.region === region && row.instanceType === instanceType,
  );
}
