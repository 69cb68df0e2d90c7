import type { EngineConfiguration } from '../../../../contracts/api/customers.ts';
import type { OptimizationPlan } from '../../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../../support/errors.ts';
import { WEIGHT_BITS } from '../observation/figures.ts';
import { nodesAfter } from '../plans.ts';

/** Raw values, units in the names: what a situation and an action look like before scaling. */
export interface Situation {
  readonly nodes: number;
  readonly onDemandUsdPerHour: number;
  readonly pagedKv: boolean;
  readonly prefixCaching: boolean;
  readonly chunkedScheduler: boolean;
  readonly weightBits: number;
  readonly demand: number;
  readonly inputTokensMean: number;
  readonly outputTokensMean: number;
  readonly spotPriceShare: number;
  readonly availability: number;
  readonly interruptionsPerNodeHour: number;
  readonly spotNodesShare: number;
  /** Nodes after the action ÷ nodes before. */
  readonly nodesShare: number;
  readonly pagedKvAfter: boolean;
  readonly prefixCachingAfter: boolean;
  readonly chunkedSchedulerAfter: boolean;
  readonly weightBitsAfter: number;
  /** On-demand price where it goes ÷ where it is. */
  readonly priceShare: number;
}

/**
 * The vector's dimensions, in order; each lies between 0 and 1 by a fixed scale (docs/agents.md has the table), so that
 * a distance means the same in every environment. A new kind of action gets dimensions of its own behind these.
 */
const DIMENSIONS: readonly (readonly [name: string, value: (situation: Situation) => number])[] = [
  ['fleet.nodes', ({ nodes }) => unit(Math.log2(nodes) / 7)],
  ['fleet.on_demand_price', ({ onDemandUsdPerHour }) => unit(Math.log2(1 + onDemandUsdPerHour) / 7)],
  ['fleet.paged_kv', ({ pagedKv }) => (pagedKv ? 0.5 : 0)],
  ['fleet.prefix_caching', ({ prefixCaching }) => (prefixCaching ? 0.5 : 0)],
  ['fleet.chunked_scheduler', ({ chunkedScheduler }) => (chunkedScheduler ? 0.5 : 0)],
  ['fleet.weight_bits', ({ weightBits }) => unit(weightBits / 16)],
  ['traffic.demand', ({ demand }) => unit(demand)],
  ['traffic.input_tokens', ({ inputTokensMean }) => unit(Math.log10(1 + inputTokensMean) / 5)],
  ['traffic.output_tokens', ({ outputTokensMean }) => unit(Math.log10(1 + outputTokensMean) / 5)],
  ['market.spot_price_share', ({ spotPriceShare }) => unit(spotPriceShare)],
  ['market.availability', ({ availability }) => unit(availability)],
  [
    'market.interruptions',
    (situation) => unit(1 + Math.log10(1e-5 + situation.interruptionsPerNodeHour) / 5),
  ],
  ['action.spot_nodes_share', ({ spotNodesShare }) => unit(spotNodesShare)],
  ['action.nodes_share', ({ nodesShare }) => unit(nodesShare / 2)],
  ['action.paged_kv', ({ pagedKvAfter }) => (pagedKvAfter ? 0.5 : 0)],
  ['action.prefix_caching', ({ prefixCachingAfter }) => (prefixCachingAfter ? 0.5 : 0)],
  ['action.chunked_scheduler', ({ chunkedSchedulerAfter }) => (chunkedSchedulerAfter ? 0.5 : 0)],
  ['action.weight_bits', ({ weightBitsAfter }) => unit(weightBitsAfter / 16)],
  ['action.price_share', ({ priceShare }) => unit(priceShare / 2)],
];

export const FEATURE_NAMES = DIMENSIONS.map(([name]) => name);

export function featuresOf(situation: Situation): number[] {
  return DIMENSIONS.map(([name, value]) => {
    const feature = value(situation);
    if (Number.isFinite(feature)) return feature;
    throw new OptiInfraError('VALIDATION_FAILED', `the feature ${name} is not a number`);
  });
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/**
 * The situation of an executed plan, from the numbers its forecast was made of. What a kind of plan does not look at (the
 * market for another configuration, traffic for a lost node) is 0 in all patterns of that kind; only those are compared.
 */
export function situationOf(plan: OptimizationPlan, inputs: Readonly<Record<string, number>>): Situation {
  const input = (name: string): number => {
    const value = inputs[name];
    if (value !== undefined) return value;
    throw new OptiInfraError('VALIDATION_FAILED', `forecast.inputs.${name} is missing`);
  };
  const { market, traffic } = looksAt(plan);
  const ofMarket = (read: () => number): number => (market ? read() : 0);
  const ofTraffic = (name: string): number => (traffic ? input(name) : 0);
  const nodes = input('nodes_count');
  const engine = {
    pagedKv: input('engine_paged_kv_flag') === 1,
    prefixCaching: input('engine_prefix_caching_flag') === 1,
    chunkedScheduler: input('engine_chunked_scheduler_flag') === 1,
    weightBits: input('engine_weight_bits'),
  };
  const target = targetEngine(plan);
  return {
    ...engine,
    nodes,
    onDemandUsdPerHour: ofMarket(() => input('on_demand_usd_per_hour')),
    demand: ofTraffic('demand_share'),
    inputTokensMean: ofTraffic('input_tokens_mean'),
    outputTokensMean: ofTraffic('output_tokens_mean'),
    spotPriceShare: ofMarket(() => input('spot_usd_per_hour') / input('on_demand_usd_per_hour')),
    availability: ofMarket(() => input('availability_share')),
    interruptionsPerNodeHour: ofMarket(() => input('interruptions_per_node_hour')),
    spotNodesShare: spotNodesOf(plan) / nodes,
    nodesShare: nodesAfter(plan, nodes) / nodes,
    pagedKvAfter: target === null ? engine.pagedKv : target.kv_allocation === 'paged',
    prefixCachingAfter: target === null ? engine.prefixCaching : target.prefix_caching,
    chunkedSchedulerAfter: target === null ? engine.chunkedScheduler : target.scheduler === 'chunked',
    weightBitsAfter: target === null ? engine.weightBits : WEIGHT_BITS[target.quantization],
    priceShare:
      plan.kind === 'placement' ? input('target_usd_per_hour') / input('on_demand_usd_per_hour') : 1,
  };
}

function looksAt(plan: OptimizationPlan): { readonly market: boolean; readonly traffic: boolean } {
  switch (plan.kind) {
    case 'configuration_change':
      return { market: false, traffic: true };
    case 'scale_in':
      return { market: false, traffic: plan.reason === 'over_provisioned' };
    case 'replacement':
      return { market: true, traffic: false };
    case 'spot_migration':
    case 'placement':
    case 'hybrid':
      return { market: true, traffic: true };
  }
}

function targetEngine(plan: OptimizationPlan): EngineConfiguration | null {
  if (plan.kind === 'configuration_change') return plan.to;
  if (plan.kind !== 'hybrid') return null;
  return plan.parts.find((part) => part.kind === 'configuration_change')?.to ?? null;
}

function spotNodesOf(plan: OptimizationPlan): number {
  switch (plan.kind) {
    case 'spot_migration':
      return plan.spot_nodes.length;
    case 'placement':
      return plan.target.lifecycle === 'spot' ? plan.target.nodes.length : 0;
    case 'replacement':
      return 1;
    case 'hybrid':
      return plan.parts.reduce((sum, part) => sum + spotNodesOf(part), 0);
    case 'configuration_change':
    case 'scale_in':
      return 0;
  }
}
