import type { Selectable } from 'kysely';

import type { AuditVerification } from '../../../contracts/api/customers.ts';
import type { AuditLogTable } from '../database/journal-rows.ts';
import type { Trx } from '../services.ts';
import { createChainVerifier, GENESIS_HASH } from './chain.ts';

const VERIFY_BATCH = 1_000;

/** Ascending by sequence. */
export async function readEntries(
  trx: Trx,
  query: { chain: string; after: number; limit: number; action?: string | undefined },
): Promise<readonly Selectable<AuditLogTable>[]> {
  let select = trx
    .selectFrom('audit_log')
    .selectAll()
    .where('chain', '=', query.chain)
    .where('sequence', '>', query.after);
  if (query.action !== undefined) select = select.where('action', '=', query.action);
  return select.orderBy('sequence').limit(query.limit).execute();
}

/** Recomputes the whole chain, in batches, and compares its end with the head. */
export async function verifyStoredChain(trx: Trx, chain: string): Promise<AuditVerification> {
  // The head first: what is appended meanwhile lies beyond it and is not looked at.
  const head = await trx
    .selectFrom('chain_heads')
    .select(['audit_sequence', 'audit_hash'])
    .where('chain', '=', chain)
    .executeTakeFirst();
  const end = { sequence: head?.audit_sequence ?? 0, hash: head?.audit_hash ?? GENESIS_HASH };
  const verifier = createChainVerifier();
  let after = 0;
  for (;;) {
    const rows = await readEntries(trx, { chain, after, limit: VERIFY_BATCH });
    const within = rows.filter(({ sequence }) => sequence <= end.sequence);
    for (const row of within) verifier.take({ ...row, at: row.at.toISOString() });
    const last = rows.at(-1);
    if (last === undefined || last.sequence >= end.sequence) return verifier.finish(end);
    after = last.sequence;
  }
}
