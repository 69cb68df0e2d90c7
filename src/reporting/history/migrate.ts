import type { ClickHouseClient } from '@clickhouse/client';

import { HISTORY_MIGRATIONS } from './tables.ts';

/** Brings the database of the history to the newest schema: one query when there is nothing to do. */
export async function migrateHistory(clickhouse: ClickHouseClient, database: string): Promise<void> {
  const done = await appliedVersions(clickhouse, database);
  for (const { version, name, statements } of HISTORY_MIGRATIONS) {
    if (done.has(version)) continue;
    for (const query of statements(database)) await clickhouse.command({ query });
    await clickhouse.insert({
      table: `${database}.schema_migrations`,
      columns: ['version', 'name'],
      values: [{ version, name }],
      format: 'JSONEachRow',
    });
  }
}

async function appliedVersions(clickhouse: ClickHouseClient, database: string): Promise<ReadonlySet<number>> {
  const known = await clickhouse.query({
    query: `SELECT count() AS tables FROM system.tables
            WHERE database = {database:String} AND name = 'schema_migrations'`,
    query_params: { database },
    format: 'JSONEachRow',
  });
  const [row] = await known.json<{ tables: string | number }>();
  if (Number(row?.tables ?? 0) === 0) {
    await createLedger(clickhouse, database);
    return new Set();
  }
  const result = await clickhouse.query({
    query: `SELECT DISTINCT version FROM ${database}.schema_migrations`,
    format: 'JSONEachRow',
  });
  return new Set((await result.json<{ version: number }>()).map(({ version }) => version));
}

async function createLedger(clickhouse: ClickHouseClient, database: string): Promise<void> {
  await clickhouse.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
  await clickhouse.command({
    query: `CREATE TABLE IF NOT EXISTS ${database}.schema_migrations
            (version UInt32, name String, applied_at DateTime('UTC') DEFAULT now())
            ENGINE = MergeTree ORDER BY version`,
  });
}
