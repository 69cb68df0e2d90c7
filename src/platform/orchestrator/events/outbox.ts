import { sql } from 'kysely';

import type { Clock } from '../../../support/clock.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { IdSource } from '../../../support/ids.ts';
import type { Outbox } from '../services.ts';

/** PostgreSQL channel that tells the relay, at commit, that an event is owed. */
export const OUTBOX_CHANNEL = 'optiinfra_outbox';

/** Events enter the database with the change they tell of; the position is claimed under a row lock, so it has no gaps. */
export function createOutbox({ clock, ids }: { clock: Clock; ids: IdSource }): Outbox {
  return {
    publish: async (trx, event) => {
      const head = await trx
        .updateTable('chain_heads')
        .set((expression) => ({ event_sequence: expression('event_sequence', '+', 1) }))
        .where('chain', '=', event.customerId)
        .returning('event_sequence')
        .executeTakeFirst();
      if (head === undefined)
        throw new OptiInfraError('NOT_FOUND', `There is no customer ${event.customerId}.`);
      await trx
        .insertInto('outbox')
        .values({
          id: ids('evt'),
          customer_id: event.customerId,
          sequence: head.event_sequence,
          type: event.type,
          at: new Date(clock.wallMs()),
          data: JSON.stringify(event.data),
        })
        .execute();
      await sql`SELECT pg_notify(${OUTBOX_CHANNEL}, '')`.execute(trx);
    },
  };
}
