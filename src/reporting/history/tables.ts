/** One step of the schema. Every statement is idempotent: a step that died half-way is simply run again. */
export interface HistoryMigration {
  readonly version: number;
  readonly name: string;
  readonly statements: (database: string) => readonly string[];
}

/**
 * An attempt is one row with its phases, gates and forecasts inside, so that it is replaced as a whole: no reader sees
 * half of it, and no gate of an older record stays behind. `detail` 0 is what only the list of attempts tells of an
 * earlier one; it never replaces a full record.
 */
const runRecords = (database: string): string => `
  CREATE TABLE IF NOT EXISTS ${database}.run_records (
    run_id String, attempt UInt16, detail UInt8, scenario LowCardinality(String), verdict LowCardinality(String),
    started_at DateTime64(3, 'UTC'), finished_at DateTime64(3, 'UTC'), duration_ms Int64,
    git_revision LowCardinality(String), seed UInt64, suite_id Nullable(String), time_scale Nullable(Float64),
    drill Bool, faults Array(String), settings Map(String, String), conditions String, typical Bool,
    red_phase Nullable(String), cleanup LowCardinality(String), errors Array(String),
    preparing_ms Nullable(Int64), closing_ms Nullable(Int64),
    phases Array(Tuple(number UInt16, name String, verdict Nullable(String), budget_ms Int64,
      started_at Nullable(DateTime64(3, 'UTC')), duration_ms Nullable(Float64), error Nullable(String))),
    gates Array(Tuple(phase String, gate String, verdict String, expected String, observed String, unit String,
      source String, sample_size Nullable(Float64), reason String)),
    forecasts Array(Tuple(what String, unit String, predicted Nullable(Float64), low Nullable(Float64),
      high Nullable(Float64), measured Nullable(Float64), error Nullable(Float64))))
  ENGINE = ReplacingMergeTree(detail)
  ORDER BY (run_id, attempt)`;

/** Which files have been read, by what the file system says of them: what has not changed is not read again. */
const readFiles = (database: string): string => `
  CREATE TABLE IF NOT EXISTS ${database}.read_files (path String, fingerprint String)
  ENGINE = ReplacingMergeTree
  ORDER BY path`;

/** What every row of a run's part carries. */
const OF_RUN = `run_id, attempt, scenario, started_at AS run_started_at, git_revision, seed, suite_id, time_scale,
  drill, conditions`;

const view = (database: string, name: string, select: string): string =>
  `CREATE VIEW IF NOT EXISTS ${database}.${name} AS ${select.replaceAll('RECORDS', `${database}.run_records FINAL`)}`;

/** Append only: what has run somewhere is never edited. */
export const HISTORY_MIGRATIONS: readonly HistoryMigration[] = [
  {
    version: 1,
    name: 'runs with their phases, gates and forecasts',
    statements: (database) => [
      runRecords(database),
      readFiles(database),
      view(
        database,
        'runs',
        `SELECT * EXCEPT (detail, phases, gates, forecasts), length(phases) AS phase_count,
           length(gates) AS gate_count FROM RECORDS`,
      ),
      view(
        database,
        'phases',
        `SELECT ${OF_RUN}, phase.number AS number, phase.name AS phase, phase.verdict AS verdict,
           phase.budget_ms AS budget_ms, phase.started_at AS started_at, phase.duration_ms AS duration_ms,
           phase.error AS error FROM RECORDS ARRAY JOIN phases AS phase`,
      ),
      view(
        database,
        'gates',
        `SELECT ${OF_RUN}, judged.phase AS phase, judged.gate AS gate, judged.verdict AS verdict,
           judged.expected AS expected, judged.observed AS observed, judged.unit AS unit, judged.source AS source,
           judged.sample_size AS sample_size, judged.reason AS reason FROM RECORDS ARRAY JOIN gates AS judged`,
      ),
      view(
        database,
        'forecasts',
        `SELECT ${OF_RUN}, forecast.what AS what, forecast.unit AS unit, forecast.predicted AS predicted,
           forecast.low AS low, forecast.high AS high, forecast.measured AS measured, forecast.error AS error
         FROM RECORDS ARRAY JOIN forecasts AS forecast`,
      ),
    ],
  },
];
