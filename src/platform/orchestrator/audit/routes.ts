import type { Selectable } from 'kysely';
import { z } from 'zod';

import type { AuditEntry, AuditVerification } from '../../../contracts/api/customers.ts';
import { decodeCursor, pageOf, pageQuery } from '../../kit/paging.ts';
import type { PlatformServer } from '../../kit/server.ts';
import type { AuditLogTable } from '../database/journal-rows.ts';
import type { OrchestratorServices } from '../services.ts';
import { readEntries, verifyStoredChain } from './store.ts';

const params = z.object({ id: z.string().max(64) });
const entrySchema = z.object({
  sequence: z.number(),
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  data: z.record(z.string(), z.unknown()),
  previous_hash: z.string(),
  hash: z.string(),
}) satisfies z.ZodType<AuditEntry>;
const verification = z.object({
  valid: z.boolean(),
  entries: z.number(),
  first_broken_sequence: z.number().nullable(),
}) satisfies z.ZodType<AuditVerification>;
const page = z.object({ items: z.array(entrySchema).readonly(), next_cursor: z.string().nullable() });

export function registerAuditRoutes(server: PlatformServer, services: OrchestratorServices): void {
  const { database, guards } = services;
  server.get(
    '/customers/:id/audit',
    {
      schema: {
        tags: ['audit'],
        params,
        querystring: pageQuery.extend({ action: z.string().max(100).optional() }),
        response: { 200: page },
      },
    },
    async (request) => {
      const { id } = request.params;
      await guards.owner(request, id);
      const { cursor, limit, action } = request.query;
      const after = cursor === undefined ? 0 : decodeCursor(cursor, z.tuple([z.number().int()]))[0];
      const rows = await database.asCustomer(id, (trx) =>
        readEntries(trx, { chain: id, after, limit: limit + 1, action }),
      );
      return pageOf(rows, limit, toEntry, ({ sequence }) => [sequence]);
    },
  );
  server.get(
    '/customers/:id/audit/verify',
    { schema: { tags: ['audit'], params, response: { 200: verification } } },
    async (request) => {
      const { id } = request.params;
      await guards.owner(request, id);
      return database.asCustomer(id, (trx) => verifyStoredChain(trx, id));
    },
  );
}

function toEntry(row: Selectable<AuditLogTable>): AuditEntry {
  const { sequence, id, actor, action, subject, data, previous_hash, hash } = row;
  return { sequence, id, at: row.at.toISOString(), actor, action, subject, data, previous_hash, hash };
}
