import { HOURS_PER_MONTH, type Lifecycle } from '../../../contracts/api/common.ts';
import type { PriceQuote } from '../../../contracts/market.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { Place } from '../contract.ts';

export interface PricedInstance {
  readonly place: Place;
  readonly instanceType: string;
  readonly zone: string;
  readonly lifecycle: Lifecycle;
}

/** One quote tells of all zones of a region. */
export function quoteKey({ place, instanceType }: Pick<PricedInstance, 'place' | 'instanceType'>): string {
  return `${place.provider}/${place.region}/${instanceType}`;
}

/** The hourly rate of one instance. A zone without a spot quote is an error: a guess would make the saving a guess. */
export function usdPerHour(instance: PricedInstance, quotes: ReadonlyMap<string, PriceQuote>): number {
  const quote = quotes.get(quoteKey(instance));
  if (quote === undefined) throw new OptiInfraError('INVALID_STATE', `no quote for ${quoteKey(instance)}`);
  if (instance.lifecycle === 'on_demand') return quote.on_demand_usd_per_hour;
  const spot = quote.spot.find(({ zone }) => zone === instance.zone);
  if (spot !== undefined) return spot.usd_per_hour;
  throw new OptiInfraError(
    'INVALID_STATE',
    `the market has no spot quote for ${instance.instanceType} in zone ${instance.zone}`,
  );
}

export function usdPerMonth(
  instances: readonly PricedInstance[],
  quotes: ReadonlyMap<string, PriceQuote>,
): number {
  return instances.reduce((sum, instance) => sum + usdPerHour(instance, quotes) * HOURS_PER_MONTH, 0);
}

/** A promise that has lost more than a fifth is not the one the customer approved. */
const TOLERATED_SHORTFALL_SHARE = 0.2;

export interface PromiseCheck {
  readonly holds: boolean;
  readonly reason: string;
  readonly shortfallShare: number;
}

export function checkPromise(promisedUsdPerMonth: number, currentUsdPerMonth: number): PromiseCheck {
  const shortfallShare = 1 - currentUsdPerMonth / promisedUsdPerMonth;
  const holds = promisedUsdPerMonth > 0 && shortfallShare <= TOLERATED_SHORTFALL_SHARE;
  const percent = (shortfallShare * 100).toFixed(1);
  const figures = `at current prices the saving is $${currentUsdPerMonth.toFixed(0)} a month, promised were $${promisedUsdPerMonth.toFixed(0)}`;
  return {
    holds,
    shortfallShare,
    reason: holds
      ? `promise holds: ${figures}`
      : `promise broken: ${figures} (${percent} % short, ${TOLERATED_SHORTFALL_SHARE * 100} % are tolerated)`,
  };
}
