import { sql, type Kysely } from 'kysely';

/** Separates a table by tenant and grants the role of the services what it needs there, nothing more. */
export async function separateTenants(
  database: Kysely<unknown>,
  table: string,
  privileges: string,
  column = 'customer_id',
): Promise<void> {
  const name = sql.table(table);
  await sql`GRANT ${sql.raw(privileges)} ON ${name} TO optiinfra_app`.execute(database);
  await sql`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`.execute(database);
  // FORCE: the owner of the tables obeys as well.
  await sql`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`.execute(database);
  await sql`CREATE POLICY tenant ON ${name} USING (
    ${sql.ref(column)} = (SELECT current_setting('optiinfra.customer_id', true))
    OR (SELECT current_setting('optiinfra.scope', true)) = 'system'
  )`.execute(database);
}
