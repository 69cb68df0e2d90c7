import type { CloudProvider } from '../../../../contracts/api/common.ts';
import type { CustomerContext } from '../../../../contracts/api/orchestration.ts';
import type { TransferPrices } from '../../../../contracts/market.ts';
import { brokenPromises, forecastFleet } from '../../kit/observation/fleet-forecast.ts';
import { accountAt } from '../../kit/places.ts';
import type { AgentServices } from '../../kit/services.ts';
import { found, joined, usd, type Finding } from '../finding.ts';
import { assignCheapest, type Choice } from './assign.ts';
import { draftPlacement } from './draft-placement.ts';
import { offersFor } from './offers.ts';
import { describe, optionsAt, presentComputeUsd, type DeploymentToPlace, type Option } from './options.ts';
import { egressUsd, NO_TRANSFER, sumOf, trafficGb, transferBetween, type Transfer } from './transfer.ts';

export type PricesByCloud = Readonly<Record<CloudProvider, TransferPrices | null>>;

/** One way to place a deployment; `option` is null for staying where it is. */
export interface Placing {
  readonly option: Option | null;
  readonly transfer: Transfer;
  readonly computeUsdPerMonth: number;
}

/** Where all deployments together cost least, transfer included; who stays is told by how much a move would lose. */
export async function planPlacements(
  services: AgentServices,
  context: CustomerContext,
  deployments: readonly DeploymentToPlace[],
): Promise<Finding> {
  if (context.clouds.length < 2 || deployments.length === 0) return found();
  const prices = await transferPricesOf(services, context);
  const placings = await Promise.all(
    deployments.map((deployment) => placingsOf(services, context, deployment, prices)),
  );
  const egress = (provider: CloudProvider, gb: number): number =>
    gb === 0 ? 0 : egressUsd(prices[provider]?.internet_egress ?? [], gb);
  const total = (transfers: readonly Transfer[]): number => {
    const all = transfers.reduce(sumOf, NO_TRANSFER);
    return all.flatUsdPerMonth + egress('aws', all.internetGb.aws) + egress('gcp', all.internetGb.gcp);
  };
  const { choices } = assignCheapest(
    placings.map((ways) => ways.map(choiceOf)),
    egress,
  );
  const chosen = placings.map((ways, index) => wayAt(ways, choices[index]));
  const findings = deployments.map(async (deployment, index): Promise<Finding> => {
    const others = chosen.filter((_way, other) => other !== index).map(({ transfer }) => transfer);
    // What this deployment adds to the bill of all the others.
    const transferUsd = (way: Placing): number => total([...others, way.transfer]) - total(others);
    const ways = placings[index] ?? [];
    const stay = wayAt(ways, 0);
    const net = (way: Placing): number =>
      stay.computeUsdPerMonth + transferUsd(stay) - way.computeUsdPerMonth - transferUsd(way);
    const way = wayAt(chosen, index);
    if (way.option === null) return found(whyStay(deployment, ways, net, transferUsd));
    if (net(way) <= deployment.spotSavingsUsdPerMonth) {
      return found(
        `${deployment.observation.deployment.name}: ${describe(way.option)} would save ${usd(net(way))} a month, ` +
          `spot where it is ${usd(deployment.spotSavingsUsdPerMonth)}`,
      );
    }
    const draft = await draftPlacement(services, context, {
      deployment,
      option: way.option,
      transfer: way.transfer,
      transferUsdPerMonth: transferUsd(way),
      presentTransferUsdPerMonth: transferUsd(stay),
    });
    return { drafts: [draft], findings: [] };
  });
  return joined(await Promise.all(findings));
}

async function transferPricesOf(services: AgentServices, context: CustomerContext): Promise<PricesByCloud> {
  const ask = async (provider: CloudProvider): Promise<TransferPrices | null> => {
    const place = context.clouds.find((known) => known.provider === provider);
    if (place === undefined) return null;
    return services.market.transferPrices({ provider, account: accountAt(context, provider, place.region) });
  };
  const [aws, gcp] = await Promise.all([ask('aws'), ask('gcp')]);
  return { aws, gcp };
}

/** Staying comes first; ways that break a promise are no ways. */
async function placingsOf(
  services: AgentServices,
  context: CustomerContext,
  deployment: DeploymentToPlace,
  prices: PricesByCloud,
): Promise<readonly Placing[]> {
  const { observation, place } = deployment;
  const traffic = trafficGb(observation);
  const nodes = observation.instances.length;
  const stay: Placing = {
    option: null,
    transfer: transferBetween(context.cloud, place, traffic, 1, prices),
    computeUsdPerMonth: presentComputeUsd(observation),
  };
  if (brokenPromises(forecastFleet(observation, nodes), context.preferences.slo).length > 0) return [stay];
  const offers = await offersFor(services, context, deployment);
  const moves = offers
    .flatMap((offer) => optionsAt(context, deployment, offer))
    .map((option): Placing => {
      const share = option.moved.length / nodes;
      return {
        option,
        transfer: sumOf(
          transferBetween(context.cloud, option.offer.place, traffic, share, prices),
          transferBetween(context.cloud, place, traffic, 1 - share, prices),
        ),
        computeUsdPerMonth: option.computeUsdPerMonth,
      };
    });
  return [stay, ...moves];
}

function choiceOf({ computeUsdPerMonth, transfer }: Placing): Choice {
  return { usdPerMonth: computeUsdPerMonth + transfer.flatUsdPerMonth, internetGb: transfer.internetGb };
}

function wayAt(ways: readonly Placing[], index: number | undefined): Placing {
  const way = index === undefined ? undefined : ways[index];
  if (way === undefined) throw new RangeError(`there is no placing ${String(index)}`);
  return way;
}

function whyStay(
  { observation }: DeploymentToPlace,
  ways: readonly Placing[],
  net: (way: Placing) => number,
  transferUsd: (way: Placing) => number,
): string {
  const { name } = observation.deployment;
  const [best] = ways
    .filter(({ option }) => option !== null)
    .toSorted((left, right) => net(right) - net(left));
  if (best?.option === undefined || best.option === null) {
    return `${name}: no move, no other place offers nodes like these that keep the promises`;
  }
  return (
    `${name}: no move, the best one (${describe(best.option)}) would net ${usd(net(best))} a month, ` +
    `${usd(transferUsd(best))} of its cost is transfer`
  );
}
