import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import type { MigrationPlan } from '../../../contracts/api/recommendations.ts';
import type { PriceQuote } from '../../../contracts/market.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { MarketClient } from '../kit/market-client.ts';
import { monthlyCostUsd } from '../kit/savings/monthly-cost.ts';

/** Asks for today's prices of a plan's pools. */
export function quoteFor(
  market: MarketClient,
  context: CustomerContext,
  plan: MigrationPlan,
): Promise<PriceQuote> {
  return market.prices({
    provider: plan.provider,
    account: context.cloud.account_id,
    region: plan.region,
    instanceType: plan.instance_type,
  });
}

/**
 * The raw saving of a plan made again with other spot prices and everything else as it was. A zone that the quote no
 * longer lists counts at the on-demand price: its nodes would run there.
 */
export function repricedSavings(
  plan: MigrationPlan,
  inputs: Readonly<Record<string, number>>,
  quote: PriceQuote,
): number {
  const input = (name: string): number => {
    const value = inputs[name];
    if (value !== undefined) return value;
    throw new OptiInfraError('VALIDATION_FAILED', `forecast.inputs.${name} is missing`);
  };
  const onDemand = input('on_demand_usd_per_hour');
  const prices = new Map(quote.spot.map(({ zone, usd_per_hour }) => [zone, usd_per_hour]));
  const spot = plan.spot_nodes.map(({ zone }) => prices.get(zone) ?? quote.on_demand_usd_per_hour);
  const after = monthlyCostUsd(
    {
      onDemandNodes: input('on_demand_nodes_count'),
      spotNodes: spot.length,
      nodesBefore: input('nodes_count'),
      onDemandUsdPerHour: onDemand,
      spotUsdPerHour: spot.reduce((sum, price) => sum + price, 0) / spot.length,
      coldStartSeconds: input('cold_start_seconds'),
      transferGbPerMonth: input('transfer_gb_per_month'),
      transferUsdPerGb: input('transfer_usd_per_gb'),
    },
    {
      availability: input('availability_share'),
      interruptions_per_node_hour: input('interruptions_per_node_hour'),
    },
  );
  return input('nodes_count') * onDemand * input('hours_per_month') - after;
}
