import { describe, expect, it } from 'vitest';

import type { RunState } from '../../../src/contracts/runs.ts';
import {
  forecastEntries,
  summariseForecasts,
  type ForecastEntry,
} from '../../../src/reporting/forecast-ledger.ts';
import { passedRun } from '../../fixtures/runs.ts';

function runWith(evidence: Readonly<Record<string, number | null>>): RunState {
  const run = passedRun();
  const [first, ...others] = run.phases;
  if (first === undefined) throw new Error('a run without phases');
  const entries = Object.entries(evidence).map(([name, value]) => ({
    name,
    value,
    unit: 'USD/month',
    source: 'test',
    sampleSize: null,
    observedAt: '2026-11-25T00:00:00.000Z',
  }));
  return {
    ...run,
    phases: [{ ...first, evidence: entries }, ...others.map((each) => ({ ...each, evidence: [] }))],
  };
}

const entry = (error: number | null, more: Partial<ForecastEntry> = {}): ForecastEntry => ({
  scenario: 'spot-migration',
  what: 'savings',
  unit: 'USD/month',
  seed: 1,
  predicted: 100,
  low: 80,
  high: 110,
  measured: error === null ? null : 100 * (1 + error),
  error,
  ...more,
});

describe('the forecast ledger', () => {
  it('reads every prediction of a run, measured or not', () => {
    const entries = forecastEntries(
      runWith({
        'forecast.savings.predicted': 100,
        'forecast.savings.low': 80,
        'forecast.savings.high': 120,
        'forecast.savings.measured': 110,
        'forecast.savings.error': 0.1,
        'forecast.latency-p95.predicted': 700,
        'cost.monthly.platform': 5,
      }),
    );
    expect(entries).toMatchObject([
      { what: 'savings', predicted: 100, measured: 110, error: 0.1 },
      { what: 'latency-p95', predicted: 700, measured: null, error: null },
    ]);
  });

  it('counts what could not be compared, and never as within anything', () => {
    const [summary] = summariseForecasts([entry(null), entry(0.05)], 0.2);
    expect(summary).toMatchObject({ predictions: 2, compared: 1, withinInterval: 1, withinTolerance: 1 });
    const [nothing] = summariseForecasts([entry(null)], 0.2);
    expect(nothing).toMatchObject({
      compared: 0,
      errorMedian: null,
      errorWorst: null,
      withinTolerance: null,
    });
  });

  it('keeps the sign of the worst error and tells interval from tolerance', () => {
    const [summary] = summariseForecasts([entry(0.15), entry(-0.3), entry(0.02)], 0.2);
    expect(summary?.errorWorst).toBe(-0.3);
    expect(summary?.errorMedian).toBe(0.02);
    // 115 is outside 80–110 but within 20 %; 70 is outside both.
    expect(summary?.withinInterval).toBeCloseTo(1 / 3);
    expect(summary?.withinTolerance).toBeCloseTo(2 / 3);
  });

  it('keeps scenarios and things apart', () => {
    const summaries = summariseForecasts(
      [entry(0.1), entry(0.1, { what: 'latency-p95' }), entry(0.1, { scenario: 'rightsizing' })],
      0.2,
    );
    expect(summaries.map(({ scenario, what }) => `${scenario} ${what}`)).toEqual([
      'rightsizing savings',
      'spot-migration latency-p95',
      'spot-migration savings',
    ]);
  });
});
