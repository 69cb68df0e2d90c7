import { describe, expect, it } from 'vitest';

import type { HistorySummary, ScenarioTrend } from '../../../../src/contracts/history.ts';
import type { Verdict } from '../../../../src/contracts/runs.ts';
import { historyLines } from '../../../../src/reporting/history/lines.ts';

const same = (text: string): string => text;
const plain = { bold: same, dim: same, green: same, red: same, yellow: same };

function trend(scenario: string, verdicts: readonly Verdict[]): ScenarioTrend {
  return {
    scenario,
    points: verdicts.map((verdict, index) => ({
      runId: `run-${String(index)}`,
      attempt: 1,
      startedAt: '2026-11-22T14:01:35.677Z',
      verdict,
      durationMs: 41_000,
      gitRevision: 'abc',
    })),
    runs: verdicts.length,
    passedShare: verdicts.filter((verdict) => verdict === 'passed').length / verdicts.length,
    medianDurationMs: 201_000,
    p95DurationMs: 3_900_000,
    flakeScore: 0.25,
  };
}
const EMPTY: HistorySummary = { scenarios: [], slowestPhases: [], flakyGates: [], forecasts: [] };
const LONG = 'sequential-and-parallel-optimization-of-everything';
const FULL: HistorySummary = {
  scenarios: [
    trend('spot-migration', ['passed', 'failed', 'inconclusive', 'infra-error', 'cancelled', 'passed']),
    { ...trend(LONG, ['failed']), medianDurationMs: null, p95DurationMs: null, flakeScore: null },
  ],
  slowestPhases: Array.from({ length: 12 }, (_, index) => ({
    scenario: LONG,
    phase: `a-phase-with-quite-a-name-${String(index)}`,
    runs: 6,
    medianDurationMs: 3_900_000,
    p95DurationMs: 3_900_000,
    budgetMs: 600_000,
    flakeScore: 0,
  })),
  flakyGates: [
    {
      scenario: 'spot-migration',
      phase: 'validate-quality',
      gate: 'quality-maintained',
      runs: 6,
      failed: 1,
      inconclusive: 2,
      flakeScore: 0.5,
    },
  ],
  forecasts: [
    {
      scenario: 'spot-migration',
      what: 'savings',
      unit: 'USD/month',
      compared: 6,
      errorMedian: 0.02,
      errorP5: -0.031,
      errorP95: 0.117,
      withinInterval: null,
    },
  ],
  drills: 1,
};

describe('the history for people', () => {
  it('shows scenarios with a letter a verdict, and says what a dash and what is left out', () => {
    const text = historyLines(FULL, plain).join('\n');
    expect(text).toMatch(/spot-migration +6 +33\.3 % +3 min 21 s +1 h 5 min +0\.25 {2}\.F\?EC\./);
    expect(text).toMatch(/… +1 +0 % +– +– +– {2}F/);
    expect(text).toContain('1 drill left out');
    expect(text).toContain('… 2 more');
    expect(text).toMatch(/validate-quality quality-maintained +spot-migration +6 +1 +2 +0\.50/);
    expect(text).toMatch(/savings +spot-migration +6 +\+2 % +−3\.1 % +\+11\.7 % +–/);
  });

  it('says when there is nothing', () => {
    expect(historyLines({ ...EMPTY, drills: 2 }, plain)).toEqual([
      'No run in this span.',
      '2 drills left out: runs with faults.',
    ]);
    const none = historyLines({ ...EMPTY, scenarios: FULL.scenarios }, plain);
    expect(none).toContain('flaky gates: none');
  });

  it('colours letters without widening the row', () => {
    const red = { ...plain, red: (text: string) => `<${text}>` };
    expect(historyLines(FULL, red).join('\n')).toContain('.<F>?<E>C.');
  });

  it('fits into 80 columns', () => {
    expect(historyLines(FULL, plain).filter((line) => line.length > 80)).toEqual([]);
  });
});
