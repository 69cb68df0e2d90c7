import { toTimestamp, type Clock } from '../../../support/clock.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { IdSource } from '../../../support/ids.ts';
import type { Audit, Trx } from '../services.ts';
import { canonicalJson } from './canonical.ts';
import { entryHash, GENESIS_HASH, PLATFORM_CHAIN, type AuditFacts } from './chain.ts';

export interface AuditEntry {
  readonly customerId: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly data?: Record<string, unknown>;
}

export interface AuditLog extends Audit {
  /** Appends to the platform's own chain; needs a system transaction. */
  appendPlatform(trx: Trx, entry: Omit<AuditEntry, 'customerId'>): Promise<void>;
}

/** Starts the chain and the event sequence of a new customer. */
export async function openChain(trx: Trx, customerId: string): Promise<void> {
  await trx
    .insertInto('chain_heads')
    .values({ chain: customerId, customer_id: customerId, audit_hash: GENESIS_HASH })
    .execute();
}

export function createAudit({ clock, ids }: { clock: Clock; ids: IdSource }): AuditLog {
  const append = async (
    trx: Trx,
    chain: string,
    customerId: string | null,
    entry: Omit<AuditEntry, 'customerId'>,
  ): Promise<void> => {
    const head = await claimPosition(trx, chain);
    const facts: AuditFacts = {
      chain,
      sequence: head.sequence,
      id: ids('aud'),
      at: toTimestamp(clock.wallMs()),
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject,
      // Once through JSON, so that the hash covers what the store gives back.
      data: JSON.parse(JSON.stringify(entry.data ?? {})) as Record<string, unknown>,
    };
    const hash = entryHash(head.previousHash, facts);
    await trx
      .insertInto('audit_log')
      .values({
        ...facts,
        customer_id: customerId,
        data: canonicalJson(facts.data),
        previous_hash: head.previousHash,
        hash,
      })
      .execute();
    await trx.updateTable('chain_heads').set({ audit_hash: hash }).where('chain', '=', chain).execute();
  };
  return {
    append: (trx, entry) => append(trx, entry.customerId, entry.customerId, entry),
    appendPlatform: (trx, entry) => append(trx, PLATFORM_CHAIN, null, entry),
  };
}

/** Takes the next position; the row stays locked until the transaction ends, which serialises the chain. */
async function claimPosition(
  trx: Trx,
  chain: string,
): Promise<{ readonly sequence: number; readonly previousHash: string }> {
  const head = await trx
    .updateTable('chain_heads')
    .set((expression) => ({ audit_sequence: expression('audit_sequence', '+', 1) }))
    .where('chain', '=', chain)
    .returning(['audit_sequence', 'audit_hash'])
    .executeTakeFirst();
  if (head === undefined) throw new OptiInfraError('NOT_FOUND', `There is no customer ${chain}.`);
  return { sequence: head.audit_sequence, previousHash: head.audit_hash };
}
