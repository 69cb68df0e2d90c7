import type { Verdict } from './runs.ts';

/** A re-run from a phase of the same run, ordered by the Update `rerun` that follows Temporal's reset. */
export interface RerunOrder {
  /** From 2: the attempt that begins. */
  readonly attempt: number;
  readonly fromPhase: string;
  /** Settings of the scenario that this attempt runs with, over those before it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly by: string;
  readonly reason: string;
}

/** An attempt as the report shows it, oldest first; the first verdict is never erased. */
export interface AttemptRecord {
  readonly attempt: number;
  /** Null for the first one. */
  readonly order: RerunOrder | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly verdict: Verdict | null;
  /** The first phase that did not pass; null when all did. */
  readonly redPhase: string | null;
  readonly temporalRunId: string;
}

export const RERUN_UPDATE = 'rerun';
/** Update that ends the hold of a red run at once, so that it cleans up. */
export const RELEASE_UPDATE = 'release';
