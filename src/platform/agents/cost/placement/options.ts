import { HOURS_PER_MONTH, type Lifecycle } from '../../../../contracts/api/common.ts';
import type { InstanceView } from '../../../../contracts/api/customers.ts';
import type { CloudPlace, CustomerContext } from '../../../../contracts/api/orchestration.ts';
import type { InterruptionStatistics, PriceQuote } from '../../../../contracts/market.ts';
import { isProtected } from '../../kit/never-touch.ts';
import type { DeploymentObservation } from '../../kit/observation/observe-deployment.ts';
import { MIGRATION_HOURS, monthlyCostUsd } from '../../kit/savings/monthly-cost.ts';
import { spreadOver, usefulZones, type ZonePrice } from '../../kit/spot/zones.ts';
import type { Place } from '../spot-plan.ts';

/** A deployment whose nodes could serve elsewhere. */
export interface DeploymentToPlace {
  readonly observation: DeploymentObservation;
  readonly place: Place;
  /** What staying there partly on spot would save; a move has to beat it. */
  readonly spotSavingsUsdPerMonth: number;
}

/** Prices of one type at one place. */
export interface Offer {
  readonly place: CloudPlace;
  readonly instanceType: string;
  readonly quote: PriceQuote;
  readonly interruptions: InterruptionStatistics;
}

/** The moved part of a deployment at an offer. */
export interface Option {
  readonly offer: Offer;
  readonly lifecycle: Lifecycle;
  readonly moved: readonly InstanceView[];
  readonly kept: readonly InstanceView[];
  readonly nodes: readonly ZonePrice[];
  /** Kept and moved nodes together, without transfer. */
  readonly computeUsdPerMonth: number;
  readonly lowComputeUsdPerMonth: number;
  readonly highComputeUsdPerMonth: number;
}

export function presentComputeUsd({ instances }: Pick<DeploymentObservation, 'instances'>): number {
  return instances.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0) * HOURS_PER_MONTH;
}

/** On demand and, where spot is useful there, on spot with the customer's minimum on-demand share staying behind. */
export function optionsAt(
  context: CustomerContext,
  { observation }: DeploymentToPlace,
  offer: Offer,
): readonly Option[] {
  const { instances } = observation;
  const { preferences } = context;
  const held = instances.filter((instance) => isProtected(instance, preferences.never_touch_tags));
  const free = instances
    .filter((instance) => !held.includes(instance))
    .toSorted((left, right) => left.instance_id.localeCompare(right.instance_id));
  const onDemandHeld = held.filter(({ lifecycle }) => lifecycle === 'on_demand').length;
  const mustStay = Math.ceil(preferences.minimum_on_demand_share * instances.length - 1e-9) - onDemandHeld;
  const staying = new Set(
    mustStay > 0 ? free.filter(({ lifecycle }) => lifecycle === 'on_demand').slice(-mustStay) : [],
  );
  const splits: readonly (readonly [Lifecycle, readonly InstanceView[]])[] = [
    ['on_demand', free],
    ...(staying.size >= mustStay ? [['spot', free.filter((node) => !staying.has(node))] as const] : []),
  ];
  return splits.flatMap(([lifecycle, moved]) => {
    const kept = instances.filter((instance) => !moved.includes(instance));
    const option = optionOf(offer, lifecycle, moved, kept);
    return option === null ? [] : [option];
  });
}

function optionOf(
  offer: Offer,
  lifecycle: Lifecycle,
  moved: readonly InstanceView[],
  kept: readonly InstanceView[],
): Option | null {
  if (moved.length === 0) return null;
  const { quote, interruptions } = offer;
  const onDemand = quote.on_demand_usd_per_hour;
  const zones =
    lifecycle === 'spot'
      ? usefulZones(quote)
      : quote.spot.map(({ zone }) => ({ zone, usd_per_hour: onDemand }));
  const nodes = spreadOver(zones, moved.length);
  if (nodes.length === 0) return null;
  const present = (instances: readonly InstanceView[]): number =>
    instances.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0);
  const always = present(kept) * HOURS_PER_MONTH + (present(moved) * MIGRATION_HOURS) / 12;
  const cost = (preset: InterruptionStatistics['current']): number =>
    always +
    monthlyCostUsd(
      {
        onDemandNodes: lifecycle === 'spot' ? 0 : nodes.length,
        spotNodes: lifecycle === 'spot' ? nodes.length : 0,
        // The overlap is paid at the place that is left; it is part of `always`.
        nodesBefore: 0,
        onDemandUsdPerHour: onDemand,
        spotUsdPerHour: nodes.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0) / nodes.length,
        coldStartSeconds: interruptions.cold_start_seconds,
        transferGbPerMonth: 0,
        transferUsdPerGb: 0,
      },
      preset,
    );
  const costs = [interruptions.current, ...interruptions.presets].map((preset) => cost(preset));
  return {
    offer,
    lifecycle,
    moved,
    kept,
    nodes,
    computeUsdPerMonth: cost(interruptions.current),
    lowComputeUsdPerMonth: Math.min(...costs),
    highComputeUsdPerMonth: Math.max(...costs),
  };
}

export function describe({ offer, lifecycle, moved }: Option): string {
  const { place, instanceType } = offer;
  return `${moved.length} × ${instanceType} ${lifecycle === 'spot' ? 'on spot' : 'on demand'} at ${place.provider} ${place.region}`;
}
