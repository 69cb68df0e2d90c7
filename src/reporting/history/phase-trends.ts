import type { HistorySpan, PhaseTrend } from '../../contracts/history.ts';
import type { HistoryConnection } from './connection.ts';
import { flakeScores } from './flakiness.ts';
import { spanQuery } from './span.ts';

/** Slowest first, by median; a phase that never passed in its scenario's present time scale has none and comes last. */
export async function phaseTrends(
  connection: HistoryConnection,
  span: HistorySpan,
): Promise<readonly PhaseTrend[]> {
  const { head, parameters } = spanQuery(connection, span);
  // `verdict` alone would mean the column as it is selected here, which is never null.
  const judged = `SELECT scenario, phase, assumeNotNull(verdict) AS verdict, conditions, run_started_at, run_id,
      budget_ms, duration_ms, ifNull(time_scale, 0) AS scale
    FROM ${connection.database}.phases AS recorded
    WHERE run_id IN chosen AND NOT drill AND attempt = 1 AND recorded.verdict IS NOT NULL`;
  const rows = await connection.rows<PhaseRow>(
    `${head},
     newest AS (SELECT scenario, argMax(scale, run_started_at) AS scale FROM (${judged}) GROUP BY scenario),
     scores AS (${flakeScores('scenario, phase', judged)})
     SELECT judged.scenario AS scenario, judged.phase AS phase, count() AS run_count,
       quantileExactInclusiveIf(0.5)(ifNull(duration_ms, 0), ${COUNTS}) AS median,
       quantileExactInclusiveIf(0.95)(ifNull(duration_ms, 0), ${COUNTS}) AS p95,
       argMax(budget_ms, run_started_at) AS budget, any(scores.flake_score) AS flake_score
     FROM (${judged}) AS judged
     LEFT JOIN newest ON newest.scenario = judged.scenario
     LEFT JOIN scores ON scores.scenario = judged.scenario AND scores.phase = judged.phase
     GROUP BY scenario, phase ORDER BY isNaN(median), median DESC, scenario, phase`,
    parameters,
  );
  return rows.map((row) => ({
    scenario: row.scenario,
    phase: row.phase,
    runs: row.run_count,
    medianDurationMs: row.median,
    p95DurationMs: row.p95,
    budgetMs: row.budget,
    flakeScore: row.flake_score,
  }));
}

const COUNTS = `judged.verdict = 'passed' AND duration_ms IS NOT NULL AND judged.scale = newest.scale`;

interface PhaseRow {
  readonly scenario: string;
  readonly phase: string;
  readonly run_count: number;
  readonly median: number | null;
  readonly p95: number | null;
  readonly budget: number;
  readonly flake_score: number | null;
}
