import fastify from 'fastify';
import { afterAll, describe, expect, it } from 'vitest';

import type { Problem } from '../../../../src/contracts/errors.ts';
import type { InterruptionStatistics, PriceQuote, TransferPrices } from '../../../../src/contracts/market.ts';
import { registerMarketRoutes } from '../../../../src/world/market/routes.ts';
import { PRICE_BOOK } from '../../../../src/world/prices/books.ts';
import { ANCHOR_MS, marketOf } from './support.ts';

const server = fastify();
const accounts = {
  '111111111111': PRICE_BOOK.reference,
  '222222222222': PRICE_BOOK.list,
};
registerMarketRoutes(
  server,
  (account) => {
    const priceBook = Object.entries(accounts).find(([id]) => id === account)?.[1];
    return priceBook && { market: marketOf(1), priceBook, preset: 'traced', coldStartSeconds: 262 };
  },
  { worldMs: () => ANCHOR_MS },
);
afterAll(() => server.close());

const POOL = 'provider=aws&account=111111111111&region=us-east-1&instance_type=p4d.24xlarge';
const get = (path: string) => server.inject(path);

describe('market routes', () => {
  it('quote the account’s own book', async () => {
    const contract = (await get(`/market/prices?${POOL}`)).json<PriceQuote>();
    const list = (await get(`/market/prices?${POOL.replace(/1{12}/, '222222222222')}`)).json<PriceQuote>();
    expect(contract).toMatchObject({
      on_demand_usd_per_hour: 41.1,
      rate_kind: 'contract',
      at: '2026-11-22T00:00:00.000Z',
    });
    expect(list).toMatchObject({ on_demand_usd_per_hour: 21.957642, rate_kind: 'list' });
  });

  it('publish the interruption statistics', async () => {
    const statistics = (await get(`/market/interruptions?${POOL}`)).json<InterruptionStatistics>();
    expect(statistics.current.name).toBe('traced');
    expect(statistics).toMatchObject({ notice_seconds: 120, cold_start_seconds: 262 });
  });

  it('publish transfer prices and commitments', async () => {
    const prices = (
      await get('/market/transfer-prices?provider=gcp&account=111111111111')
    ).json<TransferPrices>();
    expect(prices.provider).toBe('gcp');
    const commitments = await get('/market/commitments?provider=aws&account=111111111111');
    expect(commitments.json()).toHaveProperty('terms');
  });

  it.each([
    [
      '/market/prices',
      ['querystring.provider', 'querystring.account', 'querystring.region', 'querystring.instance_type'],
    ],
    [`/market/prices?${POOL.replace('aws', 'azure')}`, ['querystring.provider']],
    [`/market/interruptions?${POOL.replace('us-east-1', '')}`, ['querystring.region']],
    ['/market/transfer-prices?provider=aws', ['querystring.account']],
  ])('refuse %s by field', async (path, fields) => {
    const response = await get(path);
    const problem = response.json<Problem>();
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(problem.code).toBe('VALIDATION_FAILED');
    expect(problem.errors?.map(({ field }) => field)).toEqual(fields);
  });

  it.each([
    [`/market/prices?${POOL.replace(/1{12}/, '999999999999')}`, /no account 999999999999/],
    [`/market/prices?${POOL.replace('p4d', 'p9x')}`, /no price/],
    [`/market/interruptions?${POOL.replace('us-east-1', 'mars-1')}`, /no price/],
  ])('answer 404 to %s', async (path, detail) => {
    const response = await get(path);
    expect(response.statusCode).toBe(404);
    expect(response.json<Problem>()).toMatchObject({
      code: 'NOT_FOUND',
      detail: expect.stringMatching(detail) as string,
    });
  });
});
