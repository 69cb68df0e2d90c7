import { HOURS_PER_MONTH, type CloudProvider } from '../../../../contracts/api/common.ts';
import type { TransferPrices } from '../../../../contracts/market.ts';
import type { DeploymentObservation } from '../../kit/observation/observe-deployment.ts';

/** Text of a token: about four characters of English (OpenAI's tokenizer guide), a byte each in UTF-8. */
export const BYTES_PER_TOKEN = 4;
/** HTTP headers and JSON around one message [assumption]. */
export const MESSAGE_OVERHEAD_BYTES = 500;
const BYTES_PER_GB = 1e9;

/** What the users of a deployment send and get in a month. */
export interface Traffic {
  readonly requestGbPerMonth: number;
  readonly answerGbPerMonth: number;
}

/** As measured; where nobody counts bytes, from tokens. */
export function trafficGb({ requests, traffic }: DeploymentObservation): Traffic {
  const messages = traffic.requestsPerSecond * HOURS_PER_MONTH * 3_600;
  const assumed = (tokens: number): number => tokens * BYTES_PER_TOKEN + MESSAGE_OVERHEAD_BYTES;
  const { requestBytesMean, responseBytesMean } = requests;
  return {
    requestGbPerMonth: (messages * (requestBytesMean ?? assumed(requests.inputTokensMean))) / BYTES_PER_GB,
    answerGbPerMonth: (messages * (responseBytesMean ?? assumed(traffic.outputTokensMean))) / BYTES_PER_GB,
  };
}

/** How the size of the traffic is known, in words. */
export function sourceOfBytes({ requests }: DeploymentObservation): string {
  return typeof requests.requestBytesMean === 'number'
    ? `measured at ${(requests.requestBytesMean / 1_000).toFixed(1)} kB a request`
    : `from measured tokens at ${BYTES_PER_TOKEN} bytes and ${MESSAGE_OVERHEAD_BYTES} bytes a message [assumption]`;
}

/** Cost of the egress of a month, tier by tier. */
export function egressUsd(tiers: TransferPrices['internet_egress'], gb: number): number {
  let from = 0;
  let usd = 0;
  for (const { up_to_gb: upTo, usd_per_gb: price } of tiers) {
    const until = Math.min(gb, upTo ?? Infinity);
    if (until > from) usd += (until - from) * price;
    from = Math.max(from, until);
  }
  return usd;
}

/** What leaves which cloud for the internet, and what stays inside one at a flat price. */
export interface Transfer {
  readonly internetGb: Readonly<Record<CloudProvider, number>>;
  readonly flatUsdPerMonth: number;
  readonly gbPerMonth: number;
}

export const NO_TRANSFER: Transfer = { internetGb: { aws: 0, gcp: 0 }, flatUsdPerMonth: 0, gbPerMonth: 0 };

interface Where {
  readonly provider: CloudProvider;
  readonly region: string;
}

/** Requests leave the customer's home, answers leave the place that serves; each is billed by the cloud it leaves. */
export function transferBetween(
  home: Where,
  place: Where,
  traffic: Traffic,
  share: number,
  prices: Readonly<Record<CloudProvider, TransferPrices | null>>,
): Transfer {
  const requestGb = traffic.requestGbPerMonth * share;
  const answerGb = traffic.answerGbPerMonth * share;
  const gbPerMonth = requestGb + answerGb;
  if (home.provider !== place.provider) {
    const internetGb = { aws: 0, gcp: 0 };
    internetGb[home.provider] += requestGb;
    internetGb[place.provider] += answerGb;
    return { internetGb, flatUsdPerMonth: 0, gbPerMonth };
  }
  if (home.region === place.region) return NO_TRANSFER;
  const flatUsdPerMonth = gbPerMonth * (prices[home.provider]?.between_regions_usd_per_gb ?? NaN);
  return { ...NO_TRANSFER, flatUsdPerMonth, gbPerMonth };
}

export function sumOf(left: Transfer, right: Transfer): Transfer {
  return {
    internetGb: {
      aws: left.internetGb.aws + right.internetGb.aws,
      gcp: left.internetGb.gcp + right.internetGb.gcp,
    },
    flatUsdPerMonth: left.flatUsdPerMonth + right.flatUsdPerMonth,
    gbPerMonth: left.gbPerMonth + right.gbPerMonth,
  };
}
