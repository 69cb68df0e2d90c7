import type { CloudProvider } from '../../../contracts/api/common.ts';
import type { PriceQuote } from '../../../contracts/market.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices } from '../services.ts';

export interface QuoteKey {
  readonly provider: CloudProvider;
  readonly account: string;
  readonly region: string;
  readonly instance_type: string;
}

/** A quote is asked for again after a world minute: prices move by the hour, but a jump must show soon. */
const QUOTE_LIFETIME_WORLD_MS = 60_000;
const MARKET_TIMEOUT_MS = 2_000;

type QuoteServices = Pick<OrchestratorServices, 'marketUrl' | 'clock' | 'flow' | 'logger'>;

/** The price of one instance type for one account, from the market or from the last reading while it is away. */
export async function quoteFor(services: QuoteServices, key: QuoteKey): Promise<PriceQuote> {
  const id = [key.provider, key.account, key.region, key.instance_type].join('/');
  const cached = services.flow.quotes.get(id);
  const nowWorldMs = services.clock.worldMs();
  if (cached !== undefined && nowWorldMs - cached.readAtWorldMs < QUOTE_LIFETIME_WORLD_MS)
    return cached.quote;
  try {
    const quote = await askMarket(services.marketUrl, key);
    services.flow.quotes.set(id, { quote, readAtWorldMs: nowWorldMs });
    return quote;
  } catch (error) {
    if (cached === undefined) throw error;
    services.logger.warn({ err: error, quote: id }, 'the market is away; its last quote stands');
    return cached.quote;
  }
}

async function askMarket(marketUrl: string, key: QuoteKey): Promise<PriceQuote> {
  const url = new URL('/market/prices', marketUrl);
  url.search = new URLSearchParams({ ...key }).toString();
  const response = await fetch(url, { signal: AbortSignal.timeout(MARKET_TIMEOUT_MS) }).catch(
    (error: unknown) => {
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'The market does not answer.', { cause: error });
    },
  );
  if (response.ok) return (await response.json()) as PriceQuote;
  throw new OptiInfraError(
    'DEPENDENCY_UNAVAILABLE',
    `The market gave no price for ${key.instance_type} in ${key.region}: ${String(response.status)} ${await response.text()}`,
  );
}
