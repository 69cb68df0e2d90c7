import type { HistorySpan, ScenarioTrend, TrendPoint } from '../../contracts/history.ts';
import type { Verdict } from '../../contracts/runs.ts';
import type { HistoryConnection } from './connection.ts';
import { flakeScores } from './flakiness.ts';
import { spanQuery } from './span.ts';

/** In order of name; points oldest first. */
export async function scenarioTrends(
  connection: HistoryConnection,
  span: HistorySpan,
): Promise<readonly ScenarioTrend[]> {
  const { head, parameters } = spanQuery(connection, span);
  const { database } = connection;
  const first = `SELECT *, started_at AS run_started_at FROM ${database}.runs
    WHERE run_id IN chosen AND NOT drill AND attempt = 1`;
  const rows = await connection.rows<TrendRow>(
    `${head},
     newest AS (SELECT scenario, argMax(ifNull(time_scale, 0), started_at) AS scale FROM (${first}) GROUP BY scenario),
     scores AS (${flakeScores('scenario', first)})
     SELECT runs.scenario AS scenario,
       arraySort(point -> (point.3, point.2), groupArray(tuple(run_id, attempt, started_at, verdict, duration_ms, git_revision))) AS points,
       countIf(attempt = 1) AS run_count, countIf(attempt = 1 AND verdict = 'passed') AS passed,
       quantileExactInclusiveIf(0.5)(duration_ms, ${COUNTS}) AS median,
       quantileExactInclusiveIf(0.95)(duration_ms, ${COUNTS}) AS p95,
       any(scores.flake_score) AS flake_score
     FROM ${database}.runs AS runs
     LEFT JOIN newest ON newest.scenario = runs.scenario
     LEFT JOIN scores ON scores.scenario = runs.scenario
     WHERE run_id IN chosen AND NOT drill
     GROUP BY scenario ORDER BY scenario`,
    parameters,
  );
  return rows.map(trendOf);
}

/** Runs whose duration is typical: a red one ends early, and another time scale is another clock. */
const COUNTS = `attempt = 1 AND verdict = 'passed' AND ifNull(time_scale, 0) = newest.scale`;

interface TrendRow {
  readonly scenario: string;
  readonly points: readonly (readonly [string, number, string, Verdict, number, string])[];
  readonly run_count: number;
  readonly passed: number;
  readonly median: number | null;
  readonly p95: number | null;
  readonly flake_score: number | null;
}

function trendOf(row: TrendRow): ScenarioTrend {
  return {
    scenario: row.scenario,
    points: row.points.map(([runId, attempt, startedAt, verdict, durationMs, gitRevision]): TrendPoint => {
      return { runId, attempt, startedAt, verdict, durationMs, gitRevision };
    }),
    runs: row.run_count,
    passedShare: row.run_count === 0 ? 0 : row.passed / row.run_count,
    medianDurationMs: row.median,
    p95DurationMs: row.p95,
    flakeScore: row.flake_score,
  };
}
