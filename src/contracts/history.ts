import type { Verdict } from './runs.ts';

/** What the history of runs (ClickHouse database `e2e`) answers; pages and commands show it, and nothing else counts. */

/** One run or attempt in a trend, oldest first. */
export interface TrendPoint {
  readonly runId: string;
  readonly attempt: number;
  readonly startedAt: string;
  readonly verdict: Verdict;
  readonly durationMs: number;
  readonly gitRevision: string;
}
export interface ScenarioTrend {
  readonly scenario: string;
  readonly points: readonly TrendPoint[];
  readonly runs: number;
  readonly passedShare: number;
  readonly medianDurationMs: number | null;
  readonly p95DurationMs: number | null;
  /** See `flakeScore` of the history. */
  readonly flakeScore: number | null;
}
export interface PhaseTrend {
  readonly scenario: string;
  readonly phase: string;
  readonly runs: number;
  readonly medianDurationMs: number | null;
  readonly p95DurationMs: number | null;
  readonly budgetMs: number;
  readonly flakeScore: number | null;
}
export interface GateTrend {
  readonly scenario: string;
  readonly phase: string;
  readonly gate: string;
  readonly runs: number;
  readonly failed: number;
  readonly inconclusive: number;
  /**
   * 0–1: how often the verdict changed between neighbouring runs of the same revision and settings, drills left out;
   * null below two such runs. 0: always the same, also always red. 1: a coin that never falls twice on one side.
   */
  readonly flakeScore: number | null;
}
export interface ForecastTrend {
  readonly scenario: string;
  /** `savings`, `latency-p95` */
  readonly what: string;
  readonly unit: string;
  readonly compared: number;
  readonly errorMedian: number | null;
  readonly errorP5: number | null;
  readonly errorP95: number | null;
  /** Share of measurements inside the interval that was named beforehand. */
  readonly withinInterval: number | null;
}
export interface HistorySummary {
  readonly scenarios: readonly ScenarioTrend[];
  readonly slowestPhases: readonly PhaseTrend[];
  /** With a score above 0, worst first. */
  readonly flakyGates: readonly GateTrend[];
  readonly forecasts: readonly ForecastTrend[];
}
