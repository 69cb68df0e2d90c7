import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';

import type { HistoryRun, HistorySpan, HistorySummary } from '../../contracts/history.ts';
import type { RunState, Verdict } from '../../contracts/runs.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { RunDurations } from '../estimate.ts';
import { insertRuns, openHistory, type HistoryConnection } from './connection.ts';
import { usualDurations } from './durations.ts';
import { forecastTrends } from './forecast-trends.ts';
import { flakyGates } from './gate-trends.ts';
import { phaseTrends } from './phase-trends.ts';
import { checkRecord } from './record-check.ts';
import { rowsOf } from './run-rows.ts';
import { scenarioTrends } from './scenario-trends.ts';
import { spanQuery } from './span.ts';
import { synchroniseRuns, type Synchronisation } from './synchronise.ts';

/** The history of runs of one environment. All methods throw `ENGINE_REFUSED` when ClickHouse does not do it. */
export interface RunHistory {
  /** Writes a finished run; again is harmless. Throws `RECORD_UNREADABLE` for a state that is not one. */
  record(run: RunState, timeScale: number | null): Promise<void>;
  /** Brings the history up to the files of `.e2e/runs`. */
  synchronise(runsDirectory: string): Promise<Synchronisation>;
  summary(span?: HistorySpan): Promise<HistorySummary>;
  /** Newest first, drills and later attempts among them. */
  runs(span?: HistorySpan): Promise<readonly HistoryRun[]>;
  /** Newest usual runs, for estimates, of one scenario or of each. Other time scales say nothing about this one. */
  durationsOf(wanted: {
    readonly timeScale: number;
    readonly scenario?: string;
  }): Promise<readonly RunDurations[]>;
}

const DATABASE = 'e2e';

export function createRunHistory({
  clickhouse,
  database = DATABASE,
}: {
  readonly clickhouse: ClickHouseClient;
  readonly database?: string;
}): RunHistory {
  const connection = openHistory(clickhouse, database);
  return {
    record: async (run, timeScale) => {
      const checked = checkRecord(run);
      if ('fault' in checked) {
        throw new OptiInfraError(
          'RECORD_UNREADABLE',
          `run ${run.runId} is no finished run: ${checked.fault}`,
        );
      }
      await insertRuns(connection, rowsOf(checked.run, timeScale));
    },
    synchronise: (runsDirectory) => synchroniseRuns(connection, runsDirectory),
    summary: (span = {}) => summaryOf(connection, span),
    runs: (span = {}) => runsOf(connection, span),
    durationsOf: (wanted) => usualDurations(connection, wanted),
  };
}

const REQUEST_TIMEOUT_MS = 15_000;

/** The history of an environment by the address of its ClickHouse. */
export function connectRunHistory(url: string): RunHistory & AsyncDisposable {
  const clickhouse = createClient({
    url,
    request_timeout: REQUEST_TIMEOUT_MS,
    // It would print, beside throwing, what the caller says in its own words.
    log: { level: ClickHouseLogLevel.OFF },
  });
  return { ...createRunHistory({ clickhouse }), [Symbol.asyncDispose]: () => clickhouse.close() };
}

async function summaryOf(connection: HistoryConnection, span: HistorySpan): Promise<HistorySummary> {
  const [scenarios, slowestPhases, gates, forecasts, drills] = await Promise.all([
    scenarioTrends(connection, span),
    phaseTrends(connection, span),
    flakyGates(connection, span),
    forecastTrends(connection, span),
    countDrills(connection, span),
  ]);
  return { scenarios, slowestPhases, flakyGates: gates, forecasts, drills };
}

async function countDrills(connection: HistoryConnection, span: HistorySpan): Promise<number> {
  const { head, parameters } = spanQuery(connection, span);
  const [row] = await connection.rows<{ drills: number }>(
    `${head} SELECT uniqExactIf(run_id, drill) AS drills FROM ${connection.database}.runs WHERE run_id IN chosen`,
    parameters,
  );
  return row?.drills ?? 0;
}

async function runsOf(connection: HistoryConnection, span: HistorySpan): Promise<readonly HistoryRun[]> {
  const { head, parameters } = spanQuery(connection, span);
  const rows = await connection.rows<HistoryRow>(
    `${head} SELECT * FROM ${connection.database}.runs WHERE run_id IN chosen
     ORDER BY started_at DESC, run_id DESC, attempt DESC`,
    parameters,
  );
  return rows.map((row) => ({
    runId: row.run_id,
    attempt: row.attempt,
    scenario: row.scenario,
    startedAt: row.started_at,
    verdict: row.verdict,
    durationMs: row.duration_ms,
    gitRevision: row.git_revision,
    seed: row.seed,
    suiteId: row.suite_id,
    drill: row.drill,
    timeScale: row.time_scale,
    redPhase: row.red_phase,
  }));
}

interface HistoryRow {
  readonly run_id: string;
  readonly attempt: number;
  readonly scenario: string;
  readonly started_at: string;
  readonly verdict: Verdict;
  readonly duration_ms: number;
  readonly git_revision: string;
  readonly seed: number;
  readonly suite_id: string | null;
  readonly drill: boolean;
  readonly time_scale: number | null;
  readonly red_phase: string | null;
}
