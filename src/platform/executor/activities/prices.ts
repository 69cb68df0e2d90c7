import { HOURS_PER_MONTH } from '../../../contracts/api/common.ts';
import type { PriceQuote } from '../../../contracts/market.ts';
import type { RolloutActivities, RolloutOrder, Snapshot } from '../contract.ts';
import { partsOf } from '../policy/parts.ts';
import { checkPromise, quoteKey, usdPerHour, usdPerMonth, type PricedInstance } from '../policy/savings.ts';
import type { RolloutDependencies } from './dependencies.ts';
import { doorTo, everywhere, type PlacedInstance } from './doors.ts';
import { readOutcome } from './outcome.ts';

/** Today's quotes for every kind of instance in the list. */
async function quotesFor(
  { market }: RolloutDependencies,
  order: RolloutOrder,
  instances: readonly PricedInstance[],
): Promise<ReadonlyMap<string, PriceQuote>> {
  const kinds = new Map(instances.map((instance) => [quoteKey(instance), instance]));
  const quotes = await Promise.all(
    [...kinds].map(async ([key, { place, instanceType }]) => {
      const { provider, region, account_id: accountId } = doorTo(order, place);
      return [key, await market.quote({ provider, accountId, region, instanceType })] as const;
    }),
  );
  return new Map(quotes);
}

export interface MeasuredCost {
  readonly usdPerMonth: number;
  readonly instances: readonly PlacedInstance[];
}

/** What the accounts cost a month: the clouds' own inventories × today's quotes. */
export async function measureCost(
  dependencies: RolloutDependencies,
  order: RolloutOrder,
): Promise<MeasuredCost> {
  const instances = await everywhere(dependencies, order, (cloud) => cloud.listBilled());
  return { instances, usdPerMonth: usdPerMonth(instances, await quotesFor(dependencies, order, instances)) };
}

/** Before 100 % and at the end: is the saving that was promised still there, is it there at last. */
export function createPriceActivities(
  dependencies: RolloutDependencies,
): Pick<RolloutActivities, 'recheckPromise' | 'measureOutcome'> {
  return {
    recheckPromise: (input) => recheck(dependencies, input),
    measureOutcome: async ({ order, snapshot, sinceWorldMs }) => {
      const { usdPerMonth: costNow, instances } = await measureCost(dependencies, order);
      const seen = await readOutcome(dependencies, order, snapshot, sinceWorldMs);
      const transfer = transferUsdPerMonth(order, snapshot, seen.requestsPerSecond);
      const actualSavingsUsdPerMonth = snapshot.costUsdPerMonth - costNow - transfer;
      return {
        actualSavingsUsdPerMonth,
        measured: {
          cost_before_usd_per_month: snapshot.costUsdPerMonth,
          cost_after_usd_per_month: costNow + transfer,
          transfer_usd_per_month: transfer,
          savings_usd_per_month: actualSavingsUsdPerMonth,
          promised_savings_usd_per_month: order.promisedSavingsUsdPerMonth,
          on_demand_nodes: instances.filter(({ lifecycle }) => lifecycle === 'on_demand').length,
          spot_nodes: instances.filter(({ lifecycle }) => lifecycle === 'spot').length,
          ...seen.measured,
        },
      };
    },
  };
}

async function recheck(
  dependencies: RolloutDependencies,
  { order, group, nodes, retiringIds }: Parameters<RolloutActivities['recheckPromise']>[0],
): ReturnType<RolloutActivities['recheckPromise']> {
  const retiring = await everywhere(dependencies, order, (cloud) => cloud.describe(retiringIds));
  const made = nodes.map(({ zone, lifecycle }) => ({
    place: group.place,
    instanceType: group.instanceType,
    zone,
    lifecycle,
  }));
  const quotes = await quotesFor(dependencies, order, [...retiring, ...made]);
  const transfer = partsOf(order.plan).reduce(
    (sum, part) => sum + (part.kind === 'placement' ? part.transfer.usd_per_month : 0),
    0,
  );
  const current = usdPerMonth(retiring, quotes) - usdPerMonth(made, quotes) - transfer;
  // A hybrid promises the saving of all its parts; what this one moves is held to the plan's own prices.
  const promised =
    order.plan.kind === 'hybrid' ? plannedSavings(order, retiring, quotes) : order.promisedSavingsUsdPerMonth;
  const check = checkPromise(promised, current);
  return {
    holds: check.holds,
    reason: check.reason,
    evidence: {
      promised_savings_usd_per_month: promised,
      current_savings_usd_per_month: current,
      shortfall_share: check.shortfallShare,
      new_usd_per_hour: made.map((node) => usdPerHour(node, quotes)),
    },
  };
}

/** Saving of a hybrid's migration at the spot prices it was planned with. */
function plannedSavings(
  { plan }: RolloutOrder,
  retiring: readonly PricedInstance[],
  quotes: ReadonlyMap<string, PriceQuote>,
): number {
  const planned = partsOf(plan).flatMap((part) => (part.kind === 'spot_migration' ? part.spot_nodes : []));
  const hourly = planned.reduce((sum, node) => sum + node.usd_per_hour, 0);
  return usdPerMonth(retiring, quotes) - hourly * HOURS_PER_MONTH;
}

/** A placement's transfer at the plan's own price, for the traffic as it now is. */
function transferUsdPerMonth(
  { plan }: RolloutOrder,
  snapshot: Snapshot,
  requestsPerSecond: number | null,
): number {
  if (plan.kind !== 'placement') return 0;
  const { usd_per_month: planned } = plan.transfer;
  if (requestsPerSecond === null || snapshot.requestsPerSecond <= 0) return planned;
  return (planned * requestsPerSecond) / snapshot.requestsPerSecond;
}
