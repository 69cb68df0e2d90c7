import type { Verdict } from './runs.ts';

/**
 * What the history of runs (ClickHouse database `e2e`) answers; pages and commands show it, and nothing else counts.
 * Drills (runs with faults) are in `runs` but in no figure of a summary: they are red on purpose. Durations are those
 * of runs and phases that passed, in the time scale of the newest run of the scenario.
 */

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
  /** Runs, each once: later attempts are points of their own, but the first verdict is the one that counts. */
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
  /** Runs that reached it and judged it. */
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
   * The same revision is one that is known and had no uncommitted change; the same settings include time scale,
   * approval, prices and market. Later attempts and cancelled runs are left out: a person came between.
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
  /** Runs with faults in the same span, which no figure above counts. */
  readonly drills?: number;
}

/** Which runs a summary is about; everything that is given must hold. */
export interface HistorySpan {
  readonly scenarios?: readonly string[];
  /** Started since then, an ISO timestamp. */
  readonly since?: string;
  /** The newest so many runs of each scenario. */
  readonly last?: number;
}

/** One run or attempt as a row of the history. */
export interface HistoryRun extends TrendPoint {
  readonly scenario: string;
  readonly seed: number;
  readonly suiteId: string | null;
  /** A run with faults. */
  readonly drill: boolean;
  /** World seconds in a wall second; null when it was not recorded. */
  readonly timeScale: number | null;
  /** The first phase that did not pass; null when all did. */
  readonly redPhase: string | null;
}
