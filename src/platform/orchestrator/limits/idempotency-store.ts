import type { Sealing } from '../customers/sealing.ts';
import type { Trx } from '../services.ts';

export interface PresentedKey {
  readonly scope: string;
  readonly customerId: string | null;
  readonly key: string;
  /** SHA-256 of what was asked. */
  readonly digest: string;
}
export interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

/** A first request without an answer after this died with its process; the next one takes over. */
const ABANDONED_AFTER_MS = 60_000;

/** True when the key was new, or left behind by a request that died: the caller does the work. */
export async function claimKey(trx: Trx, presented: PresentedKey, nowMs: number): Promise<boolean> {
  const { scope, key, customerId, digest } = presented;
  const claim = { request_digest: digest, created_at: new Date(nowMs) };
  const row = await trx
    .insertInto('idempotency_keys')
    .values({ scope, key, customer_id: customerId, ...claim })
    .onConflict((conflict) =>
      conflict
        .columns(['scope', 'key'])
        .doUpdateSet(claim)
        .where('idempotency_keys.status_code', 'is', null)
        .where('idempotency_keys.request_digest', '=', digest)
        .where('idempotency_keys.created_at', '<', new Date(nowMs - ABANDONED_AFTER_MS)),
    )
    .returning('key')
    .executeTakeFirst();
  return row !== undefined;
}

/** What the key was first used for, and its answer once there is one. */
export async function readAnswer(
  trx: Trx,
  { scope, key }: PresentedKey,
  sealing: Sealing,
): Promise<{ readonly digest: string; readonly answer: Answer | null } | undefined> {
  const row = await trx
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('scope', '=', scope)
    .where('key', '=', key)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { status_code, content_type, sealed_body, sealing_key_id } = row;
  if (status_code === null || content_type === null || sealed_body === null || sealing_key_id === null) {
    return { digest: row.request_digest, answer: null };
  }
  const body = sealing.open({ keyId: sealing_key_id, sealed: sealed_body }, contextOf(row));
  return { digest: row.request_digest, answer: { statusCode: status_code, contentType: content_type, body } };
}

export async function rememberAnswer(
  trx: Trx,
  { scope, key }: PresentedKey,
  answer: Answer,
  sealing: Sealing,
): Promise<void> {
  const { keyId, sealed } = sealing.seal(answer.body, contextOf({ scope, key }));
  await trx
    .updateTable('idempotency_keys')
    .set({
      status_code: answer.statusCode,
      content_type: answer.contentType,
      sealed_body: sealed,
      sealing_key_id: keyId,
    })
    .where('scope', '=', scope)
    .where('key', '=', key)
    .execute();
}

export async function forgetKey(trx: Trx, { scope, key }: PresentedKey): Promise<void> {
  await trx.deleteFrom('idempotency_keys').where('scope', '=', scope).where('key', '=', key).execute();
}

function contextOf({ scope, key }: { readonly scope: string; readonly key: string }): string {
  return `idempotency:${scope}:${key}`;
}
