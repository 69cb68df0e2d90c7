import type { CloudProvider } from '../../../contracts/api/common.ts';
import type { InterruptionStatistics, PriceQuote } from '../../../contracts/market.ts';
import { callJson, urlBelow } from './http-json.ts';
import { interruptionStatistics, priceQuote } from './schemas.ts';

/** `account` selects the customer's contract, as a price page does after login. */
interface MarketQuestion {
  readonly provider: CloudProvider;
  readonly account: string;
  readonly region: string;
  readonly instanceType: string;
}

export interface MarketClient {
  prices(question: MarketQuestion): Promise<PriceQuote>;
  interruptions(question: MarketQuestion): Promise<InterruptionStatistics>;
}

export function createMarketClient(baseUrl: string): MarketClient {
  const at = (path: string, question: MarketQuestion): URL => {
    const url = urlBelow(baseUrl, path);
    url.searchParams.set('provider', question.provider);
    url.searchParams.set('account', question.account);
    url.searchParams.set('region', question.region);
    url.searchParams.set('instance_type', question.instanceType);
    return url;
  };
  return {
    prices: (question) => callJson(at('/market/prices', question), priceQuote),
    interruptions: (question) => callJson(at('/market/interruptions', question), interruptionStatistics),
  };
}
