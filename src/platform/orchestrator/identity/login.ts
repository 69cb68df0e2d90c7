import { createHash } from 'node:crypto';

import type { LoginRequest, TokenResponse } from '../../../contracts/api/customers.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { CoreServices } from '../core-services.ts';
import type { Trx } from '../services.ts';
import { ACCESS_TOKEN_SECONDS } from './access-tokens.ts';
import { normaliseEmail } from './accounts.ts';
import { verifyPassword } from './passwords.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { judgeRefresh, REFRESH_TOKEN_MS, type RefreshVerdict } from './session-policy.ts';
import {
  addRefreshToken,
  addSession,
  endSession,
  findSession,
  lockRefreshToken,
  markRefreshTokenUsed,
  touchSession,
  type SessionOwner,
} from './session-store.ts';

/** Failed logins under one address from one place before further ones are refused for the rest of the window. */
const LOGIN_FAILURES_ALLOWED = 5;
const LOGIN_WINDOW_MS = 15 * 60_000;

/** The same words for an unknown address and a wrong password. */
const REFUSED = 'The e-mail address or the password is wrong.';

/** @throws OptiInfraError `UNAUTHENTICATED`, `RATE_LIMITED` (details `retryAfterMs`). */
export async function login(
  services: CoreServices,
  request: LoginRequest,
  remoteAddress: string,
): Promise<TokenResponse> {
  const email = normaliseEmail(request.email);
  const counterKey = `login:${digest(email)}:${remoteAddress}`;
  // One at a time: a burst of guesses cannot overtake the count, nor good logins at once look like one.
  return services.loginTurns.take(counterKey, () =>
    attempt(services, request, { email, remoteAddress, counterKey }),
  );
}

async function attempt(
  services: CoreServices,
  request: LoginRequest,
  { email, remoteAddress, counterKey }: { email: string; remoteAddress: string; counterKey: string },
): Promise<TokenResponse> {
  const { count, resetMs } = await services.counter.hit(counterKey, LOGIN_WINDOW_MS);
  const user = await services.database.asSystem((trx) => findUser(trx, email));
  if (count > LOGIN_FAILURES_ALLOWED) {
    await auditLogin(services, user, email, remoteAddress, 'login.limited');
    throw new OptiInfraError('RATE_LIMITED', 'Too many failed logins; try again later.', {
      details: { retryAfterMs: resetMs },
    });
  }
  const matches = await verifyPassword(user?.passwordHash, request.password);
  if (user === undefined || !matches) {
    await auditLogin(services, user, email, remoteAddress, 'login.failed');
    throw new OptiInfraError('UNAUTHENTICATED', REFUSED);
  }
  await services.counter.clear(counterKey);
  const refreshToken = newSecret('refresh');
  const sessionId = await openSession(services, user, refreshToken);
  await auditLogin(services, user, email, remoteAddress, 'login.succeeded');
  return tokenResponse(services, user, sessionId, refreshToken);
}

/** Trades a refresh token for the next one. A token that was traded before ends its session. */
export async function refresh(services: CoreServices, refreshToken: string): Promise<TokenResponse> {
  const nowMs = services.clock.wallMs();
  const next = newSecret('refresh');
  // The verdict leaves the transaction as a value: what it wrote must stay although the request is refused.
  const outcome = await services.database.asSystem(async (trx) => {
    const tokenHash = hashSecret(refreshToken);
    const token = await lockRefreshToken(trx, tokenHash);
    const session = token && (await findSession(trx, token.sessionId));
    if (token === undefined || session === undefined) return { verdict: 'refused' as const };
    const verdict = judgeRefresh({ ...token, session }, nowMs);
    if (verdict === 'rotate') {
      await markRefreshTokenUsed(trx, tokenHash, nowMs);
      await touchSession(trx, session.sessionId, nowMs);
      await addRefreshToken(trx, refreshTokenRow(next, session.sessionId, session.customerId, nowMs));
    } else {
      await endRefused(services, trx, verdict, session);
    }
    return { verdict, session };
  });
  if (outcome.verdict !== 'rotate') {
    throw new OptiInfraError('UNAUTHENTICATED', 'The refresh token is not valid; log in again.');
  }
  return tokenResponse(services, outcome.session, outcome.session.sessionId, next);
}

/** Ends the session of an access token or, after that has expired, of a refresh token. */
export async function logout(services: CoreServices, sessionId: string): Promise<void> {
  await services.database.asSystem(async (trx) => {
    const session = await findSession(trx, sessionId);
    if (session === undefined) return;
    const ended = await endSession(trx, sessionId, 'logout', services.clock.wallMs());
    if (ended) await auditSession(services, trx, session, 'logout', { session: sessionId });
  });
}

/** The session that a refresh token belongs to. */
export async function sessionOfRefreshToken(
  services: CoreServices,
  refreshToken: string,
): Promise<string | undefined> {
  const token = await services.database.asSystem((trx) => lockRefreshToken(trx, hashSecret(refreshToken)));
  return token?.sessionId;
}

interface KnownUser extends SessionOwner {
  readonly passwordHash: string;
}

async function findUser(trx: Trx, email: string): Promise<KnownUser | undefined> {
  const row = await trx
    .selectFrom('users')
    .leftJoin('customers', 'customers.id', 'users.customer_id')
    .select(['users.id', 'users.role', 'users.customer_id', 'users.password_hash'])
    .select(['customers.plan', 'customers.status'])
    .where('users.email', '=', email)
    .executeTakeFirst();
  if (row === undefined || row.status === 'suspended') return undefined;
  const { id, role, customer_id, plan, password_hash } = row;
  return { userId: id, role, customerId: customer_id, plan, passwordHash: password_hash };
}

async function openSession(
  { database, clock, ids }: CoreServices,
  user: SessionOwner,
  refreshToken: string,
): Promise<string> {
  const sessionId = ids('ses');
  const nowMs = clock.wallMs();
  const { userId, customerId } = user;
  await database.asSystem(async (trx) => {
    await addSession(trx, { id: sessionId, userId, customerId, nowMs });
    await addRefreshToken(trx, refreshTokenRow(refreshToken, sessionId, customerId, nowMs));
  });
  return sessionId;
}

function refreshTokenRow(token: string, sessionId: string, customerId: string | null, nowMs: number) {
  return {
    tokenHash: hashSecret(token),
    sessionId,
    customerId,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + REFRESH_TOKEN_MS,
  };
}

async function endRefused(
  services: CoreServices,
  trx: Trx,
  verdict: RefreshVerdict,
  session: SessionOwner & { readonly sessionId: string },
): Promise<void> {
  if (verdict !== 'reused' && verdict !== 'idle') return;
  const reason = verdict === 'reused' ? 'reuse' : 'idle';
  await endSession(trx, session.sessionId, reason, services.clock.wallMs());
  await auditSession(services, trx, session, `session.ended_by_${reason}`, { session: session.sessionId });
}

async function tokenResponse(
  { accessTokens }: CoreServices,
  user: SessionOwner,
  sessionId: string,
  refreshToken: string,
): Promise<TokenResponse> {
  return {
    access_token: await accessTokens.issue({ userId: user.userId, sessionId }),
    refresh_token: refreshToken,
    token_type: 'Bearer',
    expires_in: ACCESS_TOKEN_SECONDS,
    customer_id: user.customerId,
    role: user.role,
  };
}

async function auditLogin(
  services: CoreServices,
  user: SessionOwner | undefined,
  email: string,
  remoteAddress: string,
  action: string,
): Promise<void> {
  // What was typed as an address may be a password in the wrong field: only its digest is kept.
  const data = { remote_address: remoteAddress, email_sha256: digest(email) };
  await services.database.asSystem((trx) => auditSession(services, trx, user, action, data));
}

/** Into the customer's chain; an administrator's or unknown address's goes into the platform's. */
async function auditSession(
  { audit }: CoreServices,
  trx: Trx,
  user: SessionOwner | undefined,
  action: string,
  data: Record<string, unknown>,
): Promise<void> {
  const actor = user !== undefined ? `user:${user.userId}` : 'anonymous';
  const subject = user?.userId ?? 'unknown';
  const customerId = user?.customerId ?? null;
  if (customerId === null) await audit.appendPlatform(trx, { actor, action, subject, data });
  else await audit.append(trx, { customerId, actor, action, subject, data });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
