import type { Selectable } from 'kysely';

import type { QualityBaseline } from '../../../contracts/api/recommendations.ts';
import type { QualityBaselinesTable } from '../database/quality-rows.ts';

export type BaselineRow = Selectable<QualityBaselinesTable>;

export function viewBaseline(row: BaselineRow): QualityBaseline {
  return {
    id: row.id,
    mean_score: row.mean_score,
    interval: { low: row.interval_low, high: row.interval_high },
    standard_deviation: row.standard_deviation,
    sample_size: row.sample_size,
    source: row.source,
    golden_run_id: row.golden_run_id,
  };
}

/** The columns of what an agent measured. */
export function baselineColumns(baseline: Omit<QualityBaseline, 'id'>) {
  const { mean_score, interval, standard_deviation, sample_size, source, golden_run_id } = baseline;
  return {
    mean_score,
    interval_low: interval.low,
    interval_high: interval.high,
    standard_deviation,
    sample_size,
    source,
    golden_run_id,
  };
}
