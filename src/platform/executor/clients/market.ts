import { z } from 'zod';

import type { CloudProvider } from '../../../contracts/api/common.ts';
import type { InterruptionStatistics, PriceQuote } from '../../../contracts/market.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { callJson } from './http.ts';

interface MarketQuestion {
  readonly provider: CloudProvider;
  readonly accountId: string;
  readonly region: string;
  readonly instanceType: string;
}
/** The cloud's price and advisor pages, as the customer's account sees them. */
export interface MarketClient {
  quote(question: MarketQuestion): Promise<PriceQuote>;
  coldStartSeconds(question: MarketQuestion): Promise<number>;
}

const price = z.number().positive();
const quoteSchema = z.looseObject({
  instance_type: z.string(),
  at: z.string(),
  on_demand_usd_per_hour: price,
  spot: z.array(z.looseObject({ zone: z.string(), usd_per_hour: price })),
});
const interruptionSchema = z.looseObject({ cold_start_seconds: price });

export function createMarketClient(baseUrl: string): MarketClient {
  const ask = async <T>(page: string, question: MarketQuestion, schema: z.ZodType): Promise<T> => {
    const url = new URL(`/market/${page}`, baseUrl);
    url.searchParams.set('provider', question.provider);
    url.searchParams.set('account', question.accountId);
    url.searchParams.set('region', question.region);
    url.searchParams.set('instance_type', question.instanceType);
    const result = schema.safeParse(await callJson('market', url));
    if (result.success) return result.data as T;
    throw new OptiInfraError('MALFORMED_ANSWER', `market ${page}: ${z.prettifyError(result.error)}`);
  };
  return {
    quote: (question) => ask<PriceQuote>('prices', question, quoteSchema),
    coldStartSeconds: async (question) =>
      (await ask<InterruptionStatistics>('interruptions', question, interruptionSchema)).cold_start_seconds,
  };
}
