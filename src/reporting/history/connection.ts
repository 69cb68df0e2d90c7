import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';

import { OptiInfraError } from '../../support/errors.ts';
import { migrateHistory } from './migrate.ts';
import type { RunRow } from './run-rows.ts';

/** The database of the history, brought to its newest schema before its first use. */
export interface HistoryConnection {
  readonly database: string;
  rows<Row>(query: string, parameters?: Readonly<Record<string, unknown>>): Promise<Row[]>;
  insert(table: string, rows: readonly object[]): Promise<void>;
}

/** Times go in and come out as ISO timestamps, counts as JSON numbers. */
const SETTINGS: ClickHouseSettings = {
  date_time_input_format: 'best_effort',
  date_time_output_format: 'iso',
  output_format_json_quote_64bit_integers: 0,
};

export function openHistory(clickhouse: ClickHouseClient, database: string): HistoryConnection {
  let migrated: Promise<void> | undefined;
  const ready = (): Promise<void> =>
    (migrated ??= migrateHistory(clickhouse, database).catch((error: unknown) => {
      // The next call tries again.
      migrated = undefined;
      throw error;
    }));
  const asked = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      await ready();
      return await work();
    } catch (cause) {
      throw new OptiInfraError('ENGINE_REFUSED', `the history of runs cannot be ${what}`, {
        cause,
        hint: '`e2e health` shows how ClickHouse is; the files under .e2e/runs keep every run.',
      });
    }
  };
  return {
    database,
    rows: (query, parameters = {}) =>
      asked('read', async () => {
        const result = await clickhouse.query({
          query,
          query_params: { ...parameters },
          format: 'JSONEachRow',
          clickhouse_settings: SETTINGS,
        });
        return result.json();
      }),
    insert: (table, rows) =>
      asked('written', async () => {
        if (rows.length === 0) return;
        await clickhouse.insert({
          table: `${database}.${table}`,
          values: [...rows],
          format: 'JSONEachRow',
          clickhouse_settings: SETTINGS,
        });
      }),
  };
}

export function insertRuns(connection: HistoryConnection, rows: readonly RunRow[]): Promise<void> {
  return connection.insert('run_records', rows);
}
