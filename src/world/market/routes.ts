import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';

import { CLOUD_PROVIDERS } from '../../contracts/api/common.ts';
import { ERRORS, type ErrorCode, type Problem } from '../../contracts/errors.ts';
import type { InterruptionPresetName } from '../../contracts/market.ts';
import type { Clock } from '../../support/clock.ts';
import { COMMITMENTS } from '../prices/commitments.ts';
import { findPriceRow, type PriceBook } from '../prices/price-book.ts';
import { TRANSFER_PRICES } from '../prices/transfer.ts';
import type { Market } from './market.ts';

/** What a cloud account sees of the market. */
export interface AccountMarket {
  readonly market: Market;
  readonly priceBook: PriceBook;
  readonly preset: InterruptionPresetName;
  readonly coldStartSeconds: number;
}
export type AccountLookup = (account: string) => AccountMarket | undefined;

const accountQuery = z.object({ provider: z.enum(CLOUD_PROVIDERS), account: z.string().min(1) });
const poolQuery = accountQuery.extend({ region: z.string().min(1), instance_type: z.string().min(1) });

/** The price and advisor pages of the simulated clouds, as an account sees them after login. */
export function registerMarketRoutes(
  server: FastifyInstance,
  lookup: AccountLookup,
  clock: Pick<Clock, 'worldMs'>,
): void {
  const answer = <Query extends z.infer<typeof accountQuery>>(
    path: string,
    schema: z.ZodType<Query>,
    read: (account: AccountMarket, query: Query) => object | undefined,
  ): void => {
    server.get(path, async (request, reply) => {
      const query = schema.safeParse(request.query);
      if (!query.success)
        return sendProblem(reply, request.id, 'VALIDATION_FAILED', fieldErrors(query.error));
      const account = lookup(query.data.account);
      if (account === undefined) {
        return sendProblem(reply, request.id, 'NOT_FOUND', `There is no account ${query.data.account}.`);
      }
      const found = read(account, query.data);
      if (found !== undefined) return reply.send(found);
      return sendProblem(reply, request.id, 'NOT_FOUND', 'This account has no price for that type there.');
    });
  };

  answer('/market/prices', poolQuery, ({ market, priceBook }, query) =>
    market.quote({
      book: priceBook,
      provider: query.provider,
      region: query.region,
      instanceType: query.instance_type,
      atMs: clock.worldMs(),
    }),
  );
  answer('/market/interruptions', poolQuery, (account, query) => {
    const { market, priceBook, preset, coldStartSeconds } = account;
    const { provider, region, instance_type: instanceType } = query;
    if (findPriceRow(priceBook, provider, region, instanceType) === undefined) return undefined;
    return market.interruptionStatistics(provider, preset, coldStartSeconds);
  });
  answer('/market/transfer-prices', accountQuery, (_account, query) => TRANSFER_PRICES[query.provider]);
  answer('/market/commitments', accountQuery, () => COMMITMENTS);
}

type FieldErrors = NonNullable<Problem['errors']>;

function fieldErrors(error: z.ZodError): FieldErrors {
  return error.issues.map(({ path, message }) => ({ field: `querystring.${path.join('.')}`, message }));
}

function sendProblem(
  reply: FastifyReply,
  requestId: string,
  code: ErrorCode & ('VALIDATION_FAILED' | 'NOT_FOUND'),
  detail: string | FieldErrors,
): FastifyReply {
  const row = ERRORS[code];
  const problem: Problem = {
    type: `urn:optiinfra:error:${code.toLowerCase()}`,
    title: row.meaning,
    status: row.status,
    detail:
      typeof detail === 'string'
        ? detail
        : detail.map(({ field, message }) => `${field}: ${message}`).join('; '),
    code,
    request_id: requestId,
    ...(typeof detail === 'string' ? {} : { errors: detail }),
  };
  return reply.code(row.status).type('application/problem+json').send(problem);
}
