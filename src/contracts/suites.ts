import type { ScenarioInput, Verdict } from './runs.ts';
import type { Selection, Shard } from './selection.ts';

/** Words of a suite: a selection of scenarios run as child workflows of one parent. Plain JSON, as all that crosses. */

export interface SuiteInput {
  /** What people call it: `nightly`, or the selection in words. */
  readonly title: string;
  readonly selection: Selection;
  /** Runs a scenario, each with a seed of its own that derives from the suite's. */
  readonly repeat: number;
  readonly shard: Shard | null;
  /** Null: from the time the suite starts. The first repetition of every scenario runs with this very seed. */
  readonly seed: number | null;
  /** Runs at the same time. */
  readonly parallel: number;
  /** Starts nothing more after the first run that is red; what has not begun is `blocked` by it. */
  readonly failFast: boolean;
  /** Further tries of a run that did not pass. One that passes then is `flaky`, never passed. */
  readonly retries: number;
  /** Runs at the same time of scenarios with this tag. */
  readonly quotas: Readonly<Record<string, number>>;
  /** What every run gets. */
  readonly scenario: Omit<ScenarioInput, 'seed'>;
  /** Fail the workflow itself when the suite is not green: a schedule with pause on failure sees that. */
  readonly failWhenNotPassed: boolean;
  /** `nightly`, when a schedule started it. */
  readonly scheduleId: string | null;
  /** Tries after which a long suite goes on in a new history of the same workflow id; absent: 200. */
  readonly triesPerHistory?: number;
}

/** How one item of a suite ended. `flaky`: passed after a try that did not. `blocked`: never began, see `blockedBy`. */
export const SUITE_OUTCOMES = [
  'passed',
  'flaky',
  'failed',
  'inconclusive',
  'infra-error',
  'cancelled',
  'blocked',
] as const;
export type SuiteOutcome = (typeof SUITE_OUTCOMES)[number];

/** What a child workflow returns: enough for a row, small enough for the parent's history. */
export interface RunSummary {
  readonly runId: string;
  readonly scenario: string;
  readonly verdict: Verdict;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly phasesPassed: number;
  readonly phases: number;
  readonly gatesPassed: number;
  readonly gates: number;
  /** The first phase that did not pass and why, in one line; null when all passed. */
  readonly reason: string | null;
}

/** One scenario, once: its tries in order, the last of which decides. */
export interface SuiteItem {
  /** From 1, in the order of the selection. */
  readonly number: number;
  readonly scenario: string;
  readonly repetition: number;
  readonly seed: number;
  readonly status: 'waiting' | 'running' | 'finished';
  readonly outcome: SuiteOutcome | null;
  /** Run ids of all tries, also of one that is running. */
  readonly runIds: readonly string[];
  /** Tries that have ended. */
  readonly runs: readonly RunSummary[];
  /** What kept it from running: a missing requirement of the environment, a red run before it, a cancellation. */
  readonly blockedBy: string | null;
  /** The kind of what blocked it; absent unless it was blocked. */
  readonly blockedFor?: 'requirement' | 'red-run' | 'cancelled';
}

export interface SuiteState {
  readonly suiteId: string;
  readonly input: SuiteInput;
  /** The seed in force, also when the input left it open. */
  readonly seed: number;
  readonly status: 'running' | 'finished';
  /**
   * `passed` only when every item passed. Failed before infra-error (a blocked item is one unless a red run blocked
   * it), before inconclusive (a flaky item is one), before cancelled.
   */
  readonly verdict: Verdict | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly items: readonly SuiteItem[];
  /** What went wrong outside of every item. */
  readonly errors: readonly string[];
  readonly temporal: {
    readonly namespace: string;
    readonly workflowId: string;
    readonly workflowRunId: string;
  };
}

export const SUITE_WORKFLOW = 'suite';
export const SUITE_STATE_QUERY = 'suiteState';

const SUITE_PREFIX = 'e2e-suite-';
/** Workflow id of a suite. */
export function suiteWorkflowIdOf(suiteId: string): string {
  return `${SUITE_PREFIX}${suiteId}`;
}
/** A schedule appends its time to the workflow id; colons are not for directories and addresses. */
export function suiteIdOf(workflowId: string): string {
  return workflowId
    .replace(SUITE_PREFIX, '')
    .replaceAll(/[^A-Za-z0-9-]/g, '')
    .toLowerCase();
}
/** Run id of the n-th item's k-th try: `20261128-225056-16j7-03`, `…-03-2`. */
export function suiteRunIdOf(suiteId: string, number: number, tryNumber: number): string {
  const base = `${suiteId}-${String(number).padStart(2, '0')}`;
  return tryNumber === 1 ? base : `${base}-${String(tryNumber)}`;
}
