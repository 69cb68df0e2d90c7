import type { GateTrend, HistorySpan } from '../../contracts/history.ts';
import type { HistoryConnection } from './connection.ts';
import { flakeScores } from './flakiness.ts';
import { spanQuery } from './span.ts';

/** Gates whose verdict changes although nothing else did, worst first. */
export async function flakyGates(
  connection: HistoryConnection,
  span: HistorySpan,
): Promise<readonly GateTrend[]> {
  const { head, parameters } = spanQuery(connection, span);
  const judged = `SELECT scenario, phase, gate, verdict, conditions, run_started_at, run_id
    FROM ${connection.database}.gates WHERE run_id IN chosen AND NOT drill AND attempt = 1`;
  const rows = await connection.rows<GateRow>(
    `${head}, scores AS (${flakeScores('scenario, phase, gate', judged)})
     SELECT judged.scenario AS scenario, judged.phase AS phase, judged.gate AS gate, uniqExact(run_id) AS run_count,
       countIf(verdict = 'failed') AS failed, countIf(verdict = 'inconclusive') AS inconclusive,
       any(scores.flake_score) AS flake_score
     FROM (${judged}) AS judged
     INNER JOIN scores ON scores.scenario = judged.scenario AND scores.phase = judged.phase
       AND scores.gate = judged.gate
     GROUP BY scenario, phase, gate HAVING flake_score > 0
     ORDER BY flake_score DESC, scenario, phase, gate`,
    parameters,
  );
  return rows.map(({ run_count, flake_score, ...row }) => ({
    ...row,
    runs: run_count,
    flakeScore: flake_score,
  }));
}

interface GateRow {
  readonly scenario: string;
  readonly phase: string;
  readonly gate: string;
  readonly run_count: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly flake_score: number | null;
}
