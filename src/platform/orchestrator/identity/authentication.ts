import type { FastifyRequest } from 'fastify';

import type { Plan } from '../../../contracts/api/common.ts';
import type { Clock } from '../../../support/clock.ts';
import type { Caller, Database } from '../services.ts';
import type { AccessTokens } from './access-tokens.ts';
import { findApiKey, findRuntimeToken } from './key-store.ts';
import { hashSecret, isSecret, sameSecret } from './secrets.ts';
import { sessionState, TOUCH_AFTER_MS } from './session-policy.ts';
import { endSession, findSession, touchSession } from './session-store.ts';

/** A proven caller. */
export interface Identity {
  readonly caller: Caller;
  /** Null for callers that are no customer. */
  readonly plan: Plan | null;
  /** Null for keys and tokens that are not of a login. */
  readonly sessionId: string | null;
}

export interface Authentication {
  /** Undefined when the request proves nobody; looked up once a request. */
  identify(request: FastifyRequest): Promise<Identity | undefined>;
  /** Looks again at the next `identify`: the request's token came in another way (a WebSocket's query). */
  forget(request: FastifyRequest): void;
  /** Whether a session still lives; a WebSocket asks while it is open. */
  isSessionActive(sessionId: string): Promise<boolean>;
}

export interface AuthenticationOptions {
  readonly database: Database;
  readonly accessTokens: AccessTokens;
  readonly clock: Clock;
  readonly agentKey: string;
  readonly serviceKey: string;
}

export function createAuthentication(options: AuthenticationOptions): Authentication {
  const known = new WeakMap<FastifyRequest, Promise<Identity | undefined>>();
  const identify = (request: FastifyRequest): Promise<Identity | undefined> => {
    const earlier = known.get(request);
    if (earlier !== undefined) return earlier;
    const token = presentedToken(request);
    const identity = token === undefined ? Promise.resolve(undefined) : recognise(token, options);
    known.set(request, identity);
    return identity;
  };
  return {
    identify,
    forget: (request) => void known.delete(request),
    isSessionActive: (sessionId) =>
      options.database.asSystem(async (trx) => {
        const session = await findSession(trx, sessionId);
        return session !== undefined && sessionState(session, options.clock.wallMs()) === 'active';
      }),
  };
}

/** `Authorization: Bearer …` or `X-API-Key: …`. */
export function presentedToken(request: FastifyRequest): string | undefined {
  const apiKey = request.headers['x-api-key'];
  if (typeof apiKey === 'string') return apiKey;
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}

async function recognise(token: string, options: AuthenticationOptions): Promise<Identity | undefined> {
  if (isSecret('runtimeToken', token)) return recogniseRuntime(token, options);
  if (isSecret('apiKey', token)) return recogniseApiKey(token, options);
  if (sameSecret(token, options.agentKey)) return internalCaller('agent');
  if (sameSecret(token, options.serviceKey)) return internalCaller('service');
  return recogniseSession(token, options);
}

function internalCaller(kind: 'agent' | 'service'): Identity {
  return { caller: { kind, actor: kind }, plan: null, sessionId: null };
}

async function recogniseRuntime(
  token: string,
  { database }: AuthenticationOptions,
): Promise<Identity | undefined> {
  const holder = await database.asSystem((trx) => findRuntimeToken(trx, hashSecret(token)));
  if (holder === undefined) return undefined;
  const { customerId, plan } = holder;
  return { caller: { kind: 'runtime', actor: `runtime:${customerId}`, customerId }, plan, sessionId: null };
}

async function recogniseApiKey(
  key: string,
  { database, clock }: AuthenticationOptions,
): Promise<Identity | undefined> {
  const holder = await database.asSystem((trx) => findApiKey(trx, hashSecret(key), clock.wallMs()));
  if (holder === undefined) return undefined;
  const { id, customerId, plan } = holder;
  return { caller: { kind: 'owner', actor: `key:${id}`, customerId }, plan, sessionId: null };
}

async function recogniseSession(
  token: string,
  { database, accessTokens, clock }: AuthenticationOptions,
): Promise<Identity | undefined> {
  const claims = await accessTokens.verify(token);
  if (claims === undefined) return undefined;
  const nowMs = clock.wallMs();
  return database.asSystem(async (trx) => {
    const session = await findSession(trx, claims.sessionId);
    if (session?.userId !== claims.userId) return undefined;
    const state = sessionState(session, nowMs);
    if (state === 'idle') await endSession(trx, session.sessionId, 'idle', nowMs);
    if (state !== 'active') return undefined;
    if (nowMs - session.lastUsedAtMs >= TOUCH_AFTER_MS) await touchSession(trx, session.sessionId, nowMs);
    const { userId, customerId, plan, sessionId } = session;
    const actor = `user:${userId}`;
    return customerId === null
      ? { caller: { kind: 'admin', actor }, plan: null, sessionId }
      : { caller: { kind: 'owner', actor, customerId }, plan, sessionId };
  });
}
