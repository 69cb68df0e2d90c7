import type { CloudProvider } from '../../../contracts/api/common.ts';
import type {
  CommitmentPrices,
  InterruptionStatistics,
  PriceQuote,
  TransferPrices,
} from '../../../contracts/market.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { callJson, urlBelow } from './http-json.ts';
import { commitmentPrices, interruptionStatistics, priceQuote, transferPrices } from './schemas.ts';

/** `account` selects the customer's contract, as a price page does after login. */
interface AccountQuestion {
  readonly provider: CloudProvider;
  readonly account: string;
}
export interface MarketQuestion extends AccountQuestion {
  readonly region: string;
  readonly instanceType: string;
}

export interface MarketClient {
  prices(question: MarketQuestion): Promise<PriceQuote>;
  interruptions(question: MarketQuestion): Promise<InterruptionStatistics>;
  transferPrices(question: AccountQuestion): Promise<TransferPrices>;
  commitments(question: AccountQuestion): Promise<CommitmentPrices>;
}

/** The quote, or null where this cloud does not offer the type in the region. */
export async function quoteIfOffered(
  market: MarketClient,
  question: MarketQuestion,
): Promise<PriceQuote | null> {
  try {
    return await market.prices(question);
  } catch (error) {
    if (error instanceof OptiInfraError && error.details['status'] === 404) return null;
    throw error;
  }
}

export function createMarketClient(baseUrl: string): MarketClient {
  const ofAccount = (path: string, { provider, account }: AccountQuestion): URL => {
    const url = urlBelow(baseUrl, path);
    url.searchParams.set('provider', provider);
    url.searchParams.set('account', account);
    return url;
  };
  const ofPool = (path: string, question: MarketQuestion): URL => {
    const url = ofAccount(path, question);
    url.searchParams.set('region', question.region);
    url.searchParams.set('instance_type', question.instanceType);
    return url;
  };
  return {
    prices: (question) => callJson(ofPool('/market/prices', question), priceQuote),
    interruptions: (question) => callJson(ofPool('/market/interruptions', question), interruptionStatistics),
    transferPrices: (question) => callJson(ofAccount('/market/transfer-prices', question), transferPrices),
    commitments: (question) => callJson(ofAccount('/market/commitments', question), commitmentPrices),
  };
}
