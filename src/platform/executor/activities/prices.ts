import type { PriceQuote } from '../../../contracts/market.ts';
import type { CloudInstance } from '../cloud/cloud.ts';
import type { RolloutActivities, RolloutOrder } from '../contract.ts';
import { checkPromise, usdPerHour, usdPerMonth, type PricedInstance } from '../policy/savings.ts';
import type { RolloutDependencies } from './dependencies.ts';

/** Today's quotes for every instance type in the list. */
async function quotesFor(
  { market }: RolloutDependencies,
  order: RolloutOrder,
  instances: readonly PricedInstance[],
): Promise<ReadonlyMap<string, PriceQuote>> {
  const types = [...new Set(instances.map(({ instanceType }) => instanceType))];
  const { accountId, region } = order;
  const quotes = await Promise.all(
    types.map((instanceType) => market.quote({ provider: 'aws', accountId, region, instanceType })),
  );
  return new Map(types.map((type, index) => [type, quotes[index] as PriceQuote]));
}

export interface MeasuredCost {
  readonly usdPerMonth: number;
  readonly instances: readonly CloudInstance[];
}

/** What the account costs a month: the cloud's own inventory × today's quotes. */
export async function measureCost(
  dependencies: RolloutDependencies,
  order: RolloutOrder,
): Promise<MeasuredCost> {
  const cloud = await dependencies.cloud(order);
  const instances = await cloud.listBilled();
  return { instances, usdPerMonth: usdPerMonth(instances, await quotesFor(dependencies, order, instances)) };
}

/** Before 100 % and at the end: is the saving that was promised still there, is it there at last. */
export function createPriceActivities(
  dependencies: RolloutDependencies,
): Pick<RolloutActivities, 'recheckPromise' | 'measureOutcome'> {
  return {
    recheckPromise: async ({ order, nodes }) => {
      const { instanceType } = order;
      const retiring = order.retiringIds.map(() => ({
        instanceType,
        zone: '',
        lifecycle: 'on_demand' as const,
      }));
      const spot = nodes.map(({ zone }) => ({ instanceType, zone, lifecycle: 'spot' as const }));
      const quotes = await quotesFor(dependencies, order, [...retiring, ...spot]);
      const current = usdPerMonth(retiring, quotes) - usdPerMonth(spot, quotes);
      const check = checkPromise(order.promisedSavingsUsdPerMonth, current);
      const rates = spot.flatMap((node) => {
        const quote = quotes.get(instanceType);
        return quote === undefined ? [] : [usdPerHour(node, quote)];
      });
      return {
        holds: check.holds,
        reason: check.reason,
        evidence: {
          promised_savings_usd_per_month: order.promisedSavingsUsdPerMonth,
          current_savings_usd_per_month: current,
          shortfall_share: check.shortfallShare,
          spot_usd_per_hour: rates,
        },
      };
    },
    measureOutcome: async ({ order, snapshot }) => {
      const { usdPerMonth: costNow, instances } = await measureCost(dependencies, order);
      const actualSavingsUsdPerMonth = snapshot.costUsdPerMonth - costNow;
      return {
        actualSavingsUsdPerMonth,
        measured: {
          cost_before_usd_per_month: snapshot.costUsdPerMonth,
          cost_after_usd_per_month: costNow,
          savings_usd_per_month: actualSavingsUsdPerMonth,
          promised_savings_usd_per_month: order.promisedSavingsUsdPerMonth,
          on_demand_nodes: instances.filter(({ lifecycle }) => lifecycle === 'on_demand').length,
          spot_nodes: instances.filter(({ lifecycle }) => lifecycle === 'spot').length,
        },
      };
    },
  };
}
