import type { ClickHouseClient } from '@clickhouse/client';

import { CLICKHOUSE_MIGRATIONS, type ClickHouseMigration } from './migrations.ts';

/** Brings ClickHouse to the newest schema. Safe to run at every start: one query when there is nothing to do. */
export async function migrateClickHouse(
  clickhouse: ClickHouseClient,
  migrations: readonly ClickHouseMigration[] = CLICKHOUSE_MIGRATIONS,
): Promise<{ readonly applied: readonly number[] }> {
  const done = await appliedVersions(clickhouse);
  const applied: number[] = [];
  for (const migration of migrations) {
    if (done.has(migration.version)) continue;
    await apply(clickhouse, migration);
    applied.push(migration.version);
  }
  return { applied };
}

async function appliedVersions(clickhouse: ClickHouseClient): Promise<ReadonlySet<number>> {
  const known = await clickhouse.query({
    query: `SELECT count() AS tables FROM system.tables WHERE database = 'optiinfra' AND name = 'schema_migrations'`,
    format: 'JSONEachRow',
  });
  const [row] = await known.json<{ tables: string | number }>();
  if (row === undefined || Number(row.tables) === 0) {
    await createLedger(clickhouse);
    return new Set();
  }
  const result = await clickhouse.query({
    query: 'SELECT DISTINCT version FROM optiinfra.schema_migrations',
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ version: number }>();
  return new Set(rows.map(({ version }) => version));
}

async function createLedger(clickhouse: ClickHouseClient): Promise<void> {
  await clickhouse.command({ query: 'CREATE DATABASE IF NOT EXISTS optiinfra' });
  await clickhouse.command({
    query: `CREATE TABLE IF NOT EXISTS optiinfra.schema_migrations
            (version UInt32, name String, applied_at DateTime('UTC') DEFAULT now())
            ENGINE = MergeTree ORDER BY version`,
  });
}

async function apply(clickhouse: ClickHouseClient, migration: ClickHouseMigration): Promise<void> {
  for (const query of migration.statements) await clickhouse.command({ query });
  await clickhouse.insert({
    table: 'optiinfra.schema_migrations',
    columns: ['version', 'name'],
    values: [{ version: migration.version, name: migration.name }],
    format: 'JSONEachRow',
  });
}
