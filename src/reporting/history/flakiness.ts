/**
 * The score of `GateTrend.flakeScore`, for whatever `key` names: of neighbouring runs under the same conditions, the
 * share whose verdict changed. `rows` is a query with `key`, `verdict`, `conditions`, `run_started_at` and `run_id`;
 * rows without conditions are comparable to none.
 */
export function flakeScores(key: string, rows: string): string {
  return `SELECT ${key},
      if(countIf(before != '') = 0, NULL, countIf(before != '' AND before != verdict) / countIf(before != '')) AS flake_score
    FROM (
      SELECT ${key}, verdict, lagInFrame(verdict) OVER (
        PARTITION BY ${key}, conditions ORDER BY run_started_at, run_id) AS before
      FROM (${rows}) WHERE conditions != '')
    GROUP BY ${key}`;
}
