/** Rules of sessions and refresh tokens; security clocks follow wall time. */

export const SESSION_IDLE_MS = 60 * 60_000;
/** A refresh token nobody used for this long is worth nothing; the idle end comes first while SESSION_IDLE_MS is shorter. */
export const REFRESH_TOKEN_MS = 7 * 24 * 60 * 60_000;
/** How stale `last_used_at` may be: spares a write with every request. */
export const TOUCH_AFTER_MS = 30_000;

export interface SessionFacts {
  readonly endedAtMs: number | null;
  readonly lastUsedAtMs: number;
}
export type SessionState = 'active' | 'idle' | 'ended';

export function sessionState(session: SessionFacts, nowMs: number): SessionState {
  if (session.endedAtMs !== null) return 'ended';
  return nowMs - session.lastUsedAtMs >= SESSION_IDLE_MS ? 'idle' : 'active';
}

export interface RefreshFacts {
  readonly usedAtMs: number | null;
  readonly expiresAtMs: number;
  readonly session: SessionFacts;
}
export type RefreshVerdict = 'rotate' | 'reused' | 'refused' | 'idle';

/** A token that comes twice was stolen or copied: which of the two holders is honest cannot be known, so both lose. */
export function judgeRefresh(token: RefreshFacts, nowMs: number): RefreshVerdict {
  const state = sessionState(token.session, nowMs);
  if (state === 'ended') return 'refused';
  if (token.usedAtMs !== null) return 'reused';
  if (state === 'idle') return 'idle';
  return nowMs >= token.expiresAtMs ? 'refused' : 'rotate';
}
