import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';

import { OptiInfraError } from '../../../support/errors.ts';
import type { PlatformServer } from '../../kit/server.ts';
import type { Authentication } from '../identity/authentication.ts';
import { allowanceOf, RATE_WINDOW_MS, type Allowance } from './rate-policy.ts';
import type { WindowCounter } from './window-counter.ts';

/** Routes registered after this call are limited; health and metrics come before it. */
export async function limitRates(
  server: PlatformServer,
  { authentication, counter }: { authentication: Authentication; counter: WindowCounter },
): Promise<void> {
  const allowances = new WeakMap<FastifyRequest, Allowance>();
  await server.register(rateLimit, {
    timeWindow: RATE_WINDOW_MS,
    enableDraftSpec: true,
    keyGenerator: async (request) => {
      const allowance = allowanceOf(await authentication.identify(request), request.ip);
      if (allowance === null) return '';
      allowances.set(request, allowance);
      return allowance.key;
    },
    allowList: (request) => !allowances.has(request),
    max: (request) => allowances.get(request)?.requestsPerMinute ?? 0,
    store: storeOver(counter),
    errorResponseBuilder: (_request, { max, after }) =>
      new OptiInfraError('RATE_LIMITED', `Only ${max} requests a minute are allowed; retry in ${after}.`),
  });
}

/** The plugin wants a constructor; what it makes holds nothing but the counter. */
function storeOver(counter: WindowCounter): FastifyRateLimitStoreCtor {
  return class SharedWindowStore implements FastifyRateLimitStore {
    incr(
      key: string,
      callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
    ): void {
      counter.hit(key, RATE_WINDOW_MS).then(
        ({ count, resetMs }) => callback(null, { current: count, ttl: resetMs }),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      );
    }
    child(): FastifyRateLimitStore {
      return this;
    }
  };
}
