import { RAW_TABLES } from './raw-tables.ts';
import { ROLLUPS } from './rollups.ts';

/** One step of the ClickHouse schema. Every statement is idempotent: a step that died half-way is simply run again. */
export interface ClickHouseMigration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** Append only: what has run somewhere is never edited. */
export const CLICKHOUSE_MIGRATIONS: readonly ClickHouseMigration[] = [
  { version: 1, name: 'raw telemetry', statements: RAW_TABLES },
  { version: 2, name: 'minute and hour rollups', statements: ROLLUPS },
  {
    version: 3,
    name: 'sizes of requests on the wire',
    statements: [
      `ALTER TABLE optiinfra.inference_requests
         ADD COLUMN IF NOT EXISTS request_bytes Nullable(UInt32), ADD COLUMN IF NOT EXISTS response_bytes Nullable(UInt32)`,
    ],
  },
];
