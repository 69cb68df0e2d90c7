import type { Plan } from '../../../contracts/api/common.ts';
import type { Trx } from '../services.ts';

export interface SessionOwner {
  readonly userId: string;
  readonly role: 'owner' | 'admin';
  readonly customerId: string | null;
  readonly plan: Plan | null;
}
export interface SessionRow extends SessionOwner {
  readonly sessionId: string;
  readonly lastUsedAtMs: number;
  readonly endedAtMs: number | null;
}

/** A session of a user whose customer is active. */
export async function findSession(trx: Trx, sessionId: string): Promise<SessionRow | undefined> {
  const row = await trx
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .leftJoin('customers', 'customers.id', 'users.customer_id')
    .select([
      'sessions.user_id',
      'sessions.last_used_at',
      'sessions.ended_at',
      'users.role',
      'users.customer_id',
      'customers.plan',
      'customers.status',
    ])
    .where('sessions.id', '=', sessionId)
    .executeTakeFirst();
  if (row === undefined || row.status === 'suspended') return undefined;
  return {
    sessionId,
    userId: row.user_id,
    role: row.role,
    customerId: row.customer_id,
    plan: row.plan,
    lastUsedAtMs: row.last_used_at.getTime(),
    endedAtMs: row.ended_at?.getTime() ?? null,
  };
}

export async function touchSession(trx: Trx, sessionId: string, nowMs: number): Promise<void> {
  await trx
    .updateTable('sessions')
    .set({ last_used_at: new Date(nowMs) })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Ends the session once; its refresh tokens go with it. */
export async function endSession(
  trx: Trx,
  sessionId: string,
  reason: 'logout' | 'idle' | 'reuse',
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('sessions')
    .set({ ended_at: new Date(nowMs), end_reason: reason })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function addSession(
  trx: Trx,
  session: { id: string; userId: string; customerId: string | null; nowMs: number },
): Promise<void> {
  const now = new Date(session.nowMs);
  await trx
    .insertInto('sessions')
    .values({
      id: session.id,
      user_id: session.userId,
      customer_id: session.customerId,
      created_at: now,
      last_used_at: now,
    })
    .execute();
}

export async function addRefreshToken(
  trx: Trx,
  token: {
    tokenHash: string;
    sessionId: string;
    customerId: string | null;
    issuedAtMs: number;
    expiresAtMs: number;
  },
): Promise<void> {
  await trx
    .insertInto('refresh_tokens')
    .values({
      token_hash: token.tokenHash,
      session_id: token.sessionId,
      customer_id: token.customerId,
      issued_at: new Date(token.issuedAtMs),
      expires_at: new Date(token.expiresAtMs),
    })
    .execute();
}

/** Locked, so that two uses at once are seen one after the other. */
export async function lockRefreshToken(
  trx: Trx,
  tokenHash: string,
): Promise<{ sessionId: string; usedAtMs: number | null; expiresAtMs: number } | undefined> {
  const row = await trx
    .selectFrom('refresh_tokens')
    .select(['session_id', 'used_at', 'expires_at'])
    .where('token_hash', '=', tokenHash)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    sessionId: row.session_id,
    usedAtMs: row.used_at?.getTime() ?? null,
    expiresAtMs: row.expires_at.getTime(),
  };
}

export async function markRefreshTokenUsed(trx: Trx, tokenHash: string, nowMs: number): Promise<void> {
  await trx
    .updateTable('refresh_tokens')
    .set({ used_at: new Date(nowMs) })
    .where('token_hash', '=', tokenHash)
    .execute();
}
