import { sql, type Selectable } from 'kysely';

import type { Customer } from '../../../contracts/api/customers.ts';
import type { CustomersTable } from '../database/identity-rows.ts';
import type { Trx } from '../services.ts';

export function toCustomer(row: Selectable<CustomersTable>): Customer {
  return { ...row, created_at: row.created_at.toISOString() };
}

/** Ascending by creation, then id; `after` is the last one already seen. */
export async function listCustomers(
  trx: Trx,
  after: { readonly createdAt: string; readonly id: string } | null,
  limit: number,
): Promise<readonly Selectable<CustomersTable>[]> {
  let query = trx.selectFrom('customers').selectAll();
  if (after !== null) {
    query = query.where(sql<boolean>`(created_at, id) > (${after.createdAt}::timestamptz, ${after.id})`);
  }
  return query.orderBy('created_at').orderBy('id').limit(limit).execute();
}

export async function findCustomer(
  trx: Trx,
  customerId: string,
): Promise<Selectable<CustomersTable> | undefined> {
  return trx.selectFrom('customers').selectAll().where('id', '=', customerId).executeTakeFirst();
}
