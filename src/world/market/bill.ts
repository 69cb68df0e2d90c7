import type { Lifecycle } from '../../contracts/api/common.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { PriceRow } from '../prices/price-book.ts';
import type { Market } from './market.ts';

/** An instance's life as the cloud bills it: from launch to termination, at the price of each hour it ran in. */
export interface BilledInstance {
  readonly row: PriceRow;
  readonly zone: string;
  readonly lifecycle: Lifecycle;
  readonly fromMs: number;
  readonly toMs: number;
}

const MS_PER_HOUR = 3_600_000;

/** What the cloud charges for these instances; parts of an hour count as parts. */
export function billUsd(market: Market, instances: readonly BilledInstance[]): number {
  return instances.reduce((sum, instance) => sum + instanceUsd(market, instance), 0);
}

function instanceUsd(market: Market, { row, zone, lifecycle, fromMs, toMs }: BilledInstance): number {
  if (lifecycle === 'on_demand') return (Math.max(0, toMs - fromMs) / MS_PER_HOUR) * row.onDemandUsdPerHour;
  let usd = 0;
  for (let atMs = fromMs; atMs < toMs;) {
    const nextMs = Math.min(toMs, market.nextPriceChangeMs(atMs));
    const usdPerHour = market.spotUsdPerHour(row, zone, atMs);
    if (usdPerHour === undefined) {
      throw new OptiInfraError('NOT_FOUND', `zone: ${row.instanceType} has no spot price in ${zone}`);
    }
    usd += ((nextMs - atMs) / MS_PER_HOUR) * usdPerHour;
    atMs = nextMs;
  }
  return usd;
}
