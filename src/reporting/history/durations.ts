import type { RunDurations } from '../estimate.ts';
import type { HistoryConnection } from './connection.ts';

/** Runs a scenario that an estimate looks at. */
const PAST_RUNS = 20;

/** How long the newest usual runs took; what is usual was told when they were written. */
export async function usualDurations(
  connection: HistoryConnection,
  { timeScale, scenario }: { readonly timeScale: number; readonly scenario?: string },
): Promise<readonly RunDurations[]> {
  const rows = await connection.rows<DurationRow>(
    `SELECT run_id, scenario, preparing_ms, closing_ms, phases.name AS names, phases.duration_ms AS durations
     FROM ${connection.database}.run_records FINAL
     WHERE typical AND time_scale = {timeScale:Float64}
       AND ({scenario:String} = '' OR scenario = {scenario:String})
     ORDER BY started_at DESC LIMIT {past:UInt32} BY scenario`,
    { timeScale, scenario: scenario ?? '', past: PAST_RUNS },
  );
  return rows.map((row) => ({
    runId: row.run_id,
    scenario: row.scenario,
    preparingMs: row.preparing_ms,
    closingMs: row.closing_ms,
    phaseMs: Object.fromEntries(row.names.map((name, index) => [name, row.durations[index] ?? 0])),
  }));
}

interface DurationRow {
  readonly run_id: string;
  readonly scenario: string;
  readonly preparing_ms: number;
  readonly closing_ms: number;
  readonly names: readonly string[];
  readonly durations: readonly (number | null)[];
}
