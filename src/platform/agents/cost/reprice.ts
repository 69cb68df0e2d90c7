import { HOURS_PER_MONTH } from '../../../contracts/api/common.ts';
import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import type {
  HybridPlan,
  MigrationPlan,
  OptimizationPlan,
  PlacementPlan,
} from '../../../contracts/api/recommendations.ts';
import type { PriceQuote } from '../../../contracts/market.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { MarketClient } from '../kit/market-client.ts';
import { accountAt } from '../kit/places.ts';
import { MIGRATION_HOURS, monthlyCostUsd } from '../kit/savings/monthly-cost.ts';

type Inputs = Readonly<Record<string, number>>;

/** Asks for today's prices of the pools a plan wants nodes from. */
export function quoteFor(
  market: MarketClient,
  context: CustomerContext,
  plan: OptimizationPlan,
): Promise<PriceQuote> {
  const place = plan.kind === 'placement' ? plan.target : plan;
  return market.prices({
    provider: place.provider,
    account: accountAt(context, place.provider, place.region),
    region: place.region,
    instanceType: place.instance_type,
  });
}

/**
 * The raw saving of a plan made again with today's prices and everything else as it was. A zone that the quote no
 * longer lists counts at the on-demand price: its nodes would run there.
 */
export function repricedSavings(plan: OptimizationPlan, inputs: Inputs, quote: PriceQuote): number {
  const input = reader(inputs);
  switch (plan.kind) {
    case 'spot_migration':
      return repricedMigration(plan, input, quote);
    case 'placement':
      return repricedPlacement(plan, input, quote);
    case 'hybrid':
      return repricedHybrid(plan, input, quote);
    case 'scale_in':
      return (
        (input('retired_on_demand_nodes_count') * quote.on_demand_usd_per_hour +
          input('retired_spot_usd_per_hour')) *
        HOURS_PER_MONTH
      );
    case 'replacement': {
      const price = meanSpotPrice(plan.spot_zones.slice(0, 1), quote);
      const availability = input('availability_share');
      const expected = availability * price + (1 - availability) * quote.on_demand_usd_per_hour;
      return (input('lost_usd_per_hour') - expected) * HOURS_PER_MONTH;
    }
    case 'configuration_change':
      return 0;
  }
}

type Read = (name: string) => number;

function reader(inputs: Inputs): Read {
  return (name) => {
    const value = inputs[name];
    if (value !== undefined) return value;
    throw new OptiInfraError('VALIDATION_FAILED', `forecast.inputs.${name} is missing`);
  };
}

function meanSpotPrice(zones: readonly string[], quote: PriceQuote): number {
  if (zones.length === 0) return quote.on_demand_usd_per_hour;
  const prices = new Map(quote.spot.map(({ zone, usd_per_hour }) => [zone, usd_per_hour]));
  return (
    zones.reduce((sum, zone) => sum + (prices.get(zone) ?? quote.on_demand_usd_per_hour), 0) / zones.length
  );
}

function presetOf(input: Read) {
  return {
    availability: input('availability_share'),
    interruptions_per_node_hour: input('interruptions_per_node_hour'),
  };
}

function repricedMigration(plan: MigrationPlan, input: Read, quote: PriceQuote): number {
  const onDemand = input('on_demand_usd_per_hour');
  const after = monthlyCostUsd(
    {
      onDemandNodes: input('on_demand_nodes_count'),
      spotNodes: plan.spot_nodes.length,
      nodesBefore: input('nodes_count'),
      onDemandUsdPerHour: onDemand,
      spotUsdPerHour: meanSpotPrice(
        plan.spot_nodes.map(({ zone }) => zone),
        quote,
      ),
      coldStartSeconds: input('cold_start_seconds'),
      transferGbPerMonth: input('transfer_gb_per_month'),
      transferUsdPerGb: input('transfer_usd_per_gb'),
    },
    presetOf(input),
  );
  return input('nodes_count') * onDemand * input('hours_per_month') - after;
}

/** What the moved nodes cost where they were, less what they cost there, transfer included. */
function repricedPlacement({ target, transfer }: PlacementPlan, input: Read, quote: PriceQuote): number {
  const spot = target.lifecycle === 'spot';
  const count = target.nodes.length;
  const there = monthlyCostUsd(
    {
      onDemandNodes: spot ? 0 : count,
      spotNodes: spot ? count : 0,
      nodesBefore: 0,
      onDemandUsdPerHour: quote.on_demand_usd_per_hour,
      spotUsdPerHour: meanSpotPrice(
        target.nodes.map(({ zone }) => zone),
        quote,
      ),
      coldStartSeconds: input('cold_start_seconds'),
      transferGbPerMonth: 0,
      transferUsdPerGb: 0,
    },
    presetOf(input),
  );
  const here = input('moved_usd_per_hour') * (HOURS_PER_MONTH - MIGRATION_HOURS / 12);
  return here + input('transfer_before_usd_per_month') - there - transfer.usd_per_month;
}

function repricedHybrid(plan: HybridPlan, input: Read, quote: PriceQuote): number {
  const migration = plan.parts.find((part) => part.kind === 'spot_migration');
  const after = monthlyCostUsd(
    {
      onDemandNodes: input('on_demand_nodes_count'),
      spotNodes: migration?.spot_nodes.length ?? 0,
      nodesBefore: input('nodes_count'),
      onDemandUsdPerHour: quote.on_demand_usd_per_hour,
      spotUsdPerHour: meanSpotPrice(migration?.spot_nodes.map(({ zone }) => zone) ?? [], quote),
      coldStartSeconds: input('cold_start_seconds'),
      transferGbPerMonth: 0,
      transferUsdPerGb: 0,
    },
    presetOf(input),
  );
  return input('cost_before_usd_per_month') - after;
}
