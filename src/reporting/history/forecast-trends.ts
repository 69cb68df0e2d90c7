import type { ForecastTrend, HistorySpan } from '../../contracts/history.ts';
import { THRESHOLDS } from '../../contracts/thresholds.ts';
import { summariseForecasts, type ForecastEntry } from '../forecast-ledger.ts';
import type { HistoryConnection } from './connection.ts';
import { spanQuery } from './span.ts';

/** The stored entries, summarised by the ledger's own rules: docs/forecasts.md and this page cannot differ. */
export async function forecastTrends(
  connection: HistoryConnection,
  span: HistorySpan,
): Promise<readonly ForecastTrend[]> {
  const { head, parameters } = spanQuery(connection, span);
  const entries = await connection.rows<ForecastEntry>(
    `${head} SELECT scenario, what, unit, seed, predicted, low, high, measured, error
     FROM ${connection.database}.forecasts WHERE run_id IN chosen AND NOT drill AND attempt = 1`,
    parameters,
  );
  return summariseForecasts(entries, THRESHOLDS.forecastErrorShare).map(
    ({ scenario, what, unit, compared, errorMedian, errorP5, errorP95, withinInterval }) => {
      return { scenario, what, unit, compared, errorMedian, errorP5, errorP95, withinInterval };
    },
  );
}
