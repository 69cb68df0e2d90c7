import { createHash } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { OptiInfraError } from '../../../support/errors.ts';
import { waitFor } from '../../../support/waiting.ts';
import { invalidField } from '../../kit/invalid-field.ts';
import type { PlatformServer } from '../../kit/server.ts';
import { canonicalJson } from '../audit/canonical.ts';
import type { CoreServices } from '../core-services.ts';
import type { Identity } from '../identity/authentication.ts';
import {
  claimKey,
  forgetKey,
  readAnswer,
  rememberAnswer,
  type Answer,
  type PresentedKey,
} from './idempotency-store.ts';

const MUTATIONS = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const KEY_SHAPE = /^[\x21-\x7e]{1,128}$/;
/** Answers that say nothing about the work: asked again, they may differ. */
const UNREMEMBERED = new Set([401, 403, 408, 429]);
const ANSWER_DEADLINE_MS = 30_000;
const LOOK_INTERVAL_MS = 50;

/**
 * `Idempotency-Key` on a mutation: the first call does the work, every later one with the same key gets its answer; one
 * that comes while the first is under way waits for it. Another request under the same key is refused. The runtime,
 * the agents and the services have ids of their own for that.
 */
export function answerOnce(server: PlatformServer, services: CoreServices): void {
  const claims = new WeakMap<FastifyRequest, PresentedKey>();
  server.addHook('preHandler', async (request, reply) => {
    const key = await presentedKey(request, services);
    if (key === undefined) return;
    const answer = await claimOrWait(services, key);
    if (answer === undefined) claims.set(request, key);
    else await replay(reply, answer);
  });
  server.addHook('onSend', async (request, reply, payload) => {
    const key = claims.get(request);
    claims.delete(request);
    if (key !== undefined) await settle(services, key, reply, payload);
    return payload;
  });
}

async function presentedKey(
  request: FastifyRequest,
  { authentication }: CoreServices,
): Promise<PresentedKey | undefined> {
  const key = request.headers['idempotency-key'];
  if (key === undefined || !MUTATIONS.has(request.method)) return undefined;
  // Logging in twice gives two sessions, whatever the caller says.
  if (request.url.startsWith('/auth/') && request.url !== '/auth/signup') return undefined;
  if (typeof key !== 'string' || !KEY_SHAPE.test(key)) {
    throw invalidField('headers.idempotency-key', 'must be 1 to 128 visible ASCII characters');
  }
  const holder = holderOf(await authentication.identify(request));
  if (holder === undefined) return undefined;
  const digest = createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(canonicalJson(request.body ?? null))
    .digest('hex');
  return { ...holder, key, digest };
}

/** Whose keys they are: two customers may use the same key. */
function holderOf(
  identity: Identity | undefined,
): { readonly scope: string; readonly customerId: string | null } | undefined {
  if (identity === undefined) return { scope: 'anonymous', customerId: null };
  const { caller } = identity;
  if (caller.kind === 'owner') return { scope: caller.customerId, customerId: caller.customerId };
  return caller.kind === 'admin' ? { scope: caller.actor, customerId: null } : undefined;
}

/** Undefined: the key is this request's and the work is to be done. */
async function claimOrWait(services: CoreServices, key: PresentedKey): Promise<Answer | undefined> {
  const { clock, database, sealing } = services;
  return waitFor<Answer | undefined>(
    async () => {
      const claimed = await database.asSystem((trx) => claimKey(trx, key, clock.wallMs()));
      if (claimed) return { done: true, value: undefined };
      const known = await database.asSystem((trx) => readAnswer(trx, key, sealing));
      if (known !== undefined && known.digest !== key.digest) {
        throw new OptiInfraError(
          'IDEMPOTENCY_MISMATCH',
          'This Idempotency-Key was used with another request.',
        );
      }
      const answer = known?.answer ?? null;
      return answer === null
        ? { done: false, observed: 'the first request is under way' }
        : { done: true, value: answer };
    },
    {
      condition: 'the answer to the first request with this Idempotency-Key',
      deadlineMs: ANSWER_DEADLINE_MS,
      intervalMs: LOOK_INTERVAL_MS,
      clock,
    },
  );
}

async function replay(reply: FastifyReply, answer: Answer): Promise<void> {
  await reply
    .code(answer.statusCode)
    .header('idempotency-replayed', 'true')
    .header('content-type', answer.contentType)
    .serializer((text: unknown) => text as string)
    .send(answer.body);
}

/** What failed on our side is forgotten, so that a retry does the work. */
async function settle(
  { database, sealing }: CoreServices,
  key: PresentedKey,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const forget = reply.statusCode >= 500 || UNREMEMBERED.has(reply.statusCode);
  if (forget) {
    await database.asSystem((trx) => forgetKey(trx, key));
    return;
  }
  const contentType = reply.getHeader('content-type');
  const answer: Answer = {
    statusCode: reply.statusCode,
    contentType: typeof contentType === 'string' ? contentType : 'application/json',
    body: typeof payload === 'string' ? payload : '',
  };
  await database.asSystem((trx) => rememberAnswer(trx, key, answer, sealing));
}
