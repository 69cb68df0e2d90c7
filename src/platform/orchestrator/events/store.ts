import { sql } from 'kysely';

import type { LiveEvent } from '../../../contracts/api/events.ts';
import type { OutboxTable } from '../database/journal-rows.ts';
import type { Database, Trx } from '../services.ts';
import type { Selectable } from 'kysely';

/** One relay at a time over all processes; the number is arbitrary and ours. */
const RELAY_LOCK = 7_230_411;

function toLiveEvent(row: Selectable<OutboxTable>): LiveEvent {
  return {
    id: row.id,
    sequence: row.sequence,
    type: row.type,
    customer_id: row.customer_id,
    at: row.at.toISOString(),
    data: row.data,
  };
}

/** The customer's events after a position, oldest first. */
export async function readEventsAfter(
  database: Database,
  customerId: string,
  sequence: number,
  limit: number,
): Promise<readonly LiveEvent[]> {
  const rows = await database.asCustomer(customerId, (trx) =>
    trx
      .selectFrom('outbox')
      .selectAll()
      .where('customer_id', '=', customerId)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(limit)
      .execute(),
  );
  return rows.map(toLiveEvent);
}

/** False when another process is relaying; the lock goes with the transaction. */
export async function takeRelayLock(trx: Trx): Promise<boolean> {
  const { rows } = await sql<{
    taken: boolean;
  }>`SELECT pg_try_advisory_xact_lock(${RELAY_LOCK}) AS taken`.execute(trx);
  return rows[0]?.taken === true;
}

export async function readOwed(trx: Trx, limit: number): Promise<readonly LiveEvent[]> {
  const rows = await trx
    .selectFrom('outbox')
    .selectAll()
    .where('relayed_at', 'is', null)
    .orderBy('customer_id')
    .orderBy('sequence')
    .limit(limit)
    .execute();
  return rows.map(toLiveEvent);
}

export async function markRelayed(trx: Trx, ids: readonly string[], at: Date): Promise<void> {
  await trx.updateTable('outbox').set({ relayed_at: at }).where('id', 'in', ids).execute();
}
