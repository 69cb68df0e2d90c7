import type { FastifyRequest } from 'fastify';

import { OptiInfraError } from '../../../support/errors.ts';
import type { Audit, Caller, Database, Guards } from '../services.ts';
import type { Authentication } from './authentication.ts';

export interface GuardOptions {
  readonly authentication: Authentication;
  readonly database: Database;
  readonly audit: Audit;
}

/** Who may pass where. A refused reach for another customer is written into the chain of the customer it was aimed at. */
export function createGuards(options: GuardOptions): Guards {
  const { authentication } = options;
  const require = async (request: FastifyRequest): Promise<Caller> => {
    const identity = await authentication.identify(request);
    if (identity !== undefined) return identity.caller;
    throw new OptiInfraError('UNAUTHENTICATED', 'No valid token or key was presented.');
  };
  const requireKind = async <Kind extends Caller['kind']>(
    request: FastifyRequest,
    ...kinds: readonly Kind[]
  ): Promise<Caller & { kind: Kind }> => {
    const caller = await require(request);
    if ((kinds as readonly string[]).includes(caller.kind)) return caller as Caller & { kind: Kind };
    throw forbidden();
  };
  return {
    owner: async (request, customerId) => {
      const caller = await require(request);
      if (caller.kind === 'owner' && caller.customerId === customerId) return caller;
      const exists = await noteForeignAccess(options, caller, customerId, request);
      if (caller.kind !== 'admin') throw forbidden();
      if (!exists) throw new OptiInfraError('NOT_FOUND', `There is no customer ${customerId}.`);
      return caller;
    },
    admin: (request) => requireKind(request, 'admin'),
    authenticated: require,
    runtime: (request) => requireKind(request, 'runtime'),
    agent: (request) => requireKind(request, 'agent'),
    service: (request) => requireKind(request, 'service'),
    internal: (request) => requireKind(request, 'agent', 'service'),
  };
}

function forbidden(): OptiInfraError {
  return new OptiInfraError('FORBIDDEN', 'The caller may not act here.');
}

/**
 * Audits `access.denied`, or `access.by_admin` when an administrator is let in, in its own transaction: it must stay
 * although the request fails. A customer that does not exist is noted in the chain of the caller, if he has one.
 * @returns whether the customer exists.
 */
async function noteForeignAccess(
  { database, audit }: GuardOptions,
  caller: Caller,
  customerId: string,
  request: FastifyRequest,
): Promise<boolean> {
  return database.asSystem(async (trx) => {
    const found = await trx
      .selectFrom('customers')
      .select('id')
      .where('id', '=', customerId)
      .executeTakeFirst();
    const chain = found?.id ?? ('customerId' in caller ? caller.customerId : undefined);
    if (chain !== undefined) {
      await audit.append(trx, {
        customerId: chain,
        actor: caller.actor,
        action: caller.kind === 'admin' ? 'access.by_admin' : 'access.denied',
        subject: customerId,
        data: { method: request.method, route: request.routeOptions.url ?? '' },
      });
    }
    return found !== undefined;
  });
}
