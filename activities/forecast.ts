import type { Recommendation } from '../src/contracts/api/recommendations.ts';
import type { EvidenceLog } from './evidence.ts';

/** The forecast ledger: what was predicted, its interval, what was measured, the error. Same names in every scenario. */
export type ForecastWhat = 'savings' | 'latency-p95';

interface Prediction {
  readonly predicted: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const UNITS: Readonly<Record<ForecastWhat, string>> = { savings: 'USD/month', 'latency-p95': 'ms' };
const FROM_RECOMMENDATION = 'GET /customers/{id}/recommendations';

/** Everything the author of a recommendation predicted; what it said nothing about has no row. */
export function recordForecast(log: EvidenceLog, { forecast }: Recommendation): void {
  recordPrediction(log, 'savings', {
    predicted: forecast.savings_usd_per_month,
    low: forecast.low_usd_per_month,
    high: forecast.high_usd_per_month,
  });
  if (forecast.latency === null) return;
  recordPrediction(log, 'latency-p95', {
    predicted: forecast.latency.latency_ms_p95,
    low: forecast.latency.low_latency_ms_p95,
    high: forecast.latency.high_latency_ms_p95,
  });
}

function recordPrediction(log: EvidenceLog, what: ForecastWhat, prediction: Prediction): void {
  for (const name of ['predicted', 'low', 'high'] as const) {
    log.record(`forecast.${what}.${name}`, prediction[name], {
      unit: UNITS[what],
      source: FROM_RECOMMENDATION,
    });
  }
}

/** What came of it. The error is signed, as a share of the prediction; null without one. */
export function recordMeasured(
  log: EvidenceLog,
  what: ForecastWhat,
  figures: { predicted: number | null; measured: number | null; source: string; sampleSize?: number },
): void {
  const { predicted, measured, source, sampleSize = null } = figures;
  log.record(`forecast.${what}.measured`, measured, { unit: UNITS[what], source, sampleSize });
  const known = predicted !== null && measured !== null && predicted !== 0;
  log.record(`forecast.${what}.error`, known ? (measured - predicted) / Math.abs(predicted) : null, {
    unit: 'share',
    source: '(measured − predicted) ÷ predicted',
  });
}
