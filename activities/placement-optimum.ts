import { HOURS_PER_MONTH, type CloudProvider, type Lifecycle } from '../src/contracts/api/common.ts';
import type { InterruptionStatistics, PriceQuote, TransferPrices } from '../src/contracts/market.ts';
import type { Place } from '../src/contracts/world.ts';

/** A deployment as it stands: nodes on demand in one place, and the data its users send and get. */
export interface Standing extends Place {
  readonly name: string;
  readonly instanceType: string;
  readonly nodes: number;
  readonly requestGbPerMonth: number;
  readonly answerGbPerMonth: number;
}
/** One type of machine in one place, as the market offers it. */
export interface Offer extends Place {
  readonly instanceType: string;
  readonly quote: PriceQuote;
  readonly interruptions: InterruptionStatistics;
}
export interface Situation {
  readonly deployments: readonly Standing[];
  /** Where requests come from. */
  readonly home: Place;
  /** Of every place and type that could serve, those the deployments run on included. */
  readonly offers: readonly Offer[];
  readonly transfer: Readonly<Partial<Record<CloudProvider, TransferPrices>>>;
  readonly minimumOnDemandShare: number;
}

export interface Optimum {
  /** `vllm-1: stays` or `vllm-1: 3 × p4d.24xlarge spot at aws us-east-1`, in the order of the deployments. */
  readonly choices: readonly string[];
  readonly netUsdPerMonth: number;
  /** Of its moves alone, without what spot saves where it is. */
  readonly movesNetUsdPerMonth: number;
  /** How many combinations were tried. */
  readonly tried: number;
  /** The best move of each deployment alone, whether it pays or not. */
  readonly bestMoves: readonly (BestMove | null)[];
}
export interface BestMove {
  readonly choice: string;
  readonly netUsdPerMonth: number;
  readonly transferUsdPerMonth: number;
}

/** World spec §5: the old nodes are paid for one more hour, spread over a year. */
const OVERLAP_SHARE_OF_MONTH = 1 / 12;
/** World spec §1: spot above this share of the on-demand price is no discount. */
const USEFUL_SPOT_SHARE = 0.9;

interface Way {
  readonly choice: string;
  readonly moves: boolean;
  readonly computeUsd: number;
  /** Gigabytes that leave each cloud for the internet, and those that stay in one at a flat price. */
  readonly egressGb: Readonly<Record<CloudProvider, number>>;
  readonly flatUsd: number;
}

/** Brute force: all ways of all deployments with each other, because egress is billed in tiers over all of them. */
export function findOptimum(situation: Situation): Optimum {
  const ways = situation.deployments.map((deployment) => waysOf(situation, deployment));
  const combinations = productOf(ways);
  const priced = combinations.map((combination) => ({ combination, usd: billOf(situation, combination) }));
  const [first] = priced;
  if (first === undefined) throw new RangeError('there is nothing to place');
  const best = priced.reduce((least, each) => (each.usd < least.usd ? each : least), first);
  const staying = stayOf(ways);
  const stay = billOf(situation, staying);
  const moves = best.combination.map((way, index) => (way.moves ? way : (staying[index] ?? way)));
  return {
    choices: best.combination.map(({ choice }) => choice),
    netUsdPerMonth: stay - best.usd,
    movesNetUsdPerMonth: stay - billOf(situation, moves),
    tried: priced.length,
    bestMoves: ways.map((own, index) => bestMove(situation, ways, own, index)),
  };
}

function bestMove(
  situation: Situation,
  ways: readonly (readonly Way[])[],
  own: readonly Way[],
  index: number,
): BestMove | null {
  const staying = stayOf(ways);
  const before = billOf(situation, staying);
  const transferBefore = transferOf(situation, staying);
  const moves = own
    .filter(({ moves: does }) => does)
    .map((way) => {
      const after = staying.with(index, way);
      return {
        choice: way.choice,
        netUsdPerMonth: before - billOf(situation, after),
        transferUsdPerMonth: transferOf(situation, after) - transferBefore,
      };
    });
  return moves.toSorted((left, right) => right.netUsdPerMonth - left.netUsdPerMonth)[0] ?? null;
}

/** The first way of each is to stay. */
function stayOf(ways: readonly (readonly Way[])[]): readonly Way[] {
  return ways.map(([stay]) => stay as Way);
}

function productOf(ways: readonly (readonly Way[])[]): readonly (readonly Way[])[] {
  return ways.reduce<readonly (readonly Way[])[]>(
    (done, next) => done.flatMap((combination) => next.map((way) => [...combination, way])),
    [[]],
  );
}

function waysOf(situation: Situation, deployment: Standing): readonly Way[] {
  const { offers, minimumOnDemandShare } = situation;
  const here = offers.find(
    (offer) => isAt(offer, deployment) && offer.instanceType === deployment.instanceType,
  );
  if (here === undefined) throw new RangeError(`the market has no price for ${deployment.name} where it is`);
  const present = here.quote.on_demand_usd_per_hour;
  const kept = Math.ceil(minimumOnDemandShare * deployment.nodes - 1e-9);
  const wayTo = (offer: Offer, lifecycle: Lifecycle): Way[] => {
    const moved = lifecycle === 'spot' ? deployment.nodes - kept : deployment.nodes;
    const hourly = hourlyUsd(offer, lifecycle, moved);
    if (hourly === null) return [];
    const stays = isAt(offer, deployment);
    const computeUsd =
      (deployment.nodes - moved) * present * HOURS_PER_MONTH +
      moved * present * OVERLAP_SHARE_OF_MONTH +
      hourly * HOURS_PER_MONTH;
    const choice = stays
      ? `${deployment.name}: stays`
      : `${deployment.name}: ${String(moved)} × ${offer.instanceType} ${lifecycle} at ${offer.provider} ${offer.region}`;
    return [{ choice, moves: !stays, computeUsd, ...dataOf(situation, deployment, offer, moved) }];
  };
  return [
    {
      choice: `${deployment.name}: stays`,
      moves: false,
      computeUsd: deployment.nodes * present * HOURS_PER_MONTH,
      ...dataOf(situation, deployment, deployment, deployment.nodes),
    },
    // Spot where it is is no move, but a move has to beat it. The platform plans it on AWS only.
    ...(deployment.provider === 'aws' ? wayTo(here, 'spot') : []),
    ...offers
      .filter((offer) => !isAt(offer, deployment))
      .flatMap((offer) => [...wayTo(offer, 'on_demand'), ...wayTo(offer, 'spot')]),
  ];
}

/** World spec §5 for one hour: nodes over the useful zones, cheapest first, on demand while a spot slot is empty. */
function hourlyUsd({ quote, interruptions }: Offer, lifecycle: Lifecycle, nodes: number): number | null {
  const onDemand = quote.on_demand_usd_per_hour;
  if (nodes === 0) return null;
  if (lifecycle === 'on_demand') return nodes * onDemand;
  const zones = quote.spot
    .map(({ usd_per_hour: usd }) => usd)
    .filter((usd) => usd <= USEFUL_SPOT_SHARE * onDemand)
    .toSorted((left, right) => left - right);
  if (zones.length === 0) return null;
  const prices = Array.from({ length: nodes }, (_node, index) => zones[index % zones.length] ?? 0);
  const spot = prices.reduce((sum, usd) => sum + usd, 0) / nodes;
  const { availability, interruptions_per_node_hour: rate } = interruptions.current;
  const running = availability * spot + (1 - availability) * onDemand;
  const replacing = availability * rate * (interruptions.cold_start_seconds / 3_600) * (onDemand + spot);
  return nodes * (running + replacing);
}

/** Requests leave home, answers leave who serves; inside one cloud a flat price, in one region nothing. */
function dataOf(
  { home, transfer }: Situation,
  deployment: Standing,
  target: Place,
  moved: number,
): Pick<Way, 'egressGb' | 'flatUsd'> {
  const egressGb: Record<CloudProvider, number> = { aws: 0, gcp: 0 };
  let flatUsd = 0;
  for (const [place, nodes] of [
    [target, moved],
    [deployment, deployment.nodes - moved],
  ] as const) {
    const share = nodes / deployment.nodes;
    const [requestGb, answerGb] = [deployment.requestGbPerMonth * share, deployment.answerGbPerMonth * share];
    if (place.provider !== home.provider) {
      egressGb[home.provider] += requestGb;
      egressGb[place.provider] += answerGb;
    } else if (place.region !== home.region) {
      flatUsd += (requestGb + answerGb) * (transfer[home.provider]?.between_regions_usd_per_gb ?? Number.NaN);
    }
  }
  return { egressGb, flatUsd };
}

function billOf(situation: Situation, combination: readonly Way[]): number {
  const compute = combination.reduce((sum, { computeUsd }) => sum + computeUsd, 0);
  return compute + transferOf(situation, combination);
}

function transferOf({ transfer }: Situation, combination: readonly Way[]): number {
  const flat = combination.reduce((sum, { flatUsd }) => sum + flatUsd, 0);
  return (['aws', 'gcp'] as const).reduce((sum, provider) => {
    const gb = combination.reduce((total, { egressGb }) => total + egressGb[provider], 0);
    return sum + (gb === 0 ? 0 : tieredUsd(transfer[provider]?.internet_egress, gb));
  }, flat);
}

/** Each gigabyte at the price of the tier it falls into. */
function tieredUsd(tiers: TransferPrices['internet_egress'] | undefined, gb: number): number {
  if (tiers === undefined) return Number.NaN;
  return tiers.reduce((sum, { up_to_gb: end, usd_per_gb: usd }, index) => {
    const start = tiers[index - 1]?.up_to_gb ?? 0;
    return sum + Math.max(0, Math.min(gb, end ?? gb) - start) * usd;
  }, 0);
}

function isAt(left: Place, right: Place): boolean {
  return left.provider === right.provider && left.region === right.region;
}
