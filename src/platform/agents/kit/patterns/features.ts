import type { MigrationPlan } from '../../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../../support/errors.ts';

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

/** The situation of an executed plan, from the numbers its forecast was made of. */
export function situationOf(plan: MigrationPlan, inputs: Readonly<Record<string, number>>): Situation {
  const input = (name: string): number => {
    const value = inputs[name];
    if (value !== undefined) return value;
    throw new OptiInfraError('VALIDATION_FAILED', `forecast.inputs.${name} is missing`);
  };
  return {
    nodes: input('nodes_count'),
    onDemandUsdPerHour: input('on_demand_usd_per_hour'),
    pagedKv: input('engine_paged_kv_flag') === 1,
    prefixCaching: input('engine_prefix_caching_flag') === 1,
    chunkedScheduler: input('engine_chunked_scheduler_flag') === 1,
    weightBits: input('engine_weight_bits'),
    demand: input('demand_share'),
    inputTokensMean: input('input_tokens_mean'),
    outputTokensMean: input('output_tokens_mean'),
    spotPriceShare: input('spot_usd_per_hour') / input('on_demand_usd_per_hour'),
    availability: input('availability_share'),
    interruptionsPerNodeHour: input('interruptions_per_node_hour'),
    spotNodesShare: plan.spot_nodes.length / input('nodes_count'),
  };
}
