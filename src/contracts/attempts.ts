import type { InjectedFault, Verdict } from './runs.ts';

/** A re-run from a phase of the same run, ordered by the Update `rerun` that follows Temporal's reset. */
export interface RerunOrder {
  /** From 2: the attempt that begins. */
  readonly attempt: number;
  readonly fromPhase: string;
  /** Settings of the scenario that this attempt runs with, over those before it. */
  readonly settings: Readonly<Record<string, string>>;
  /** What happens to the world in this attempt instead of what was planned; absent: the same as before. */
  readonly faults?: readonly InjectedFault[];
  readonly by: string;
  readonly reason: string;
  /** The attempts before this one, oldest first: the reset has cut their ends from the history. */
  readonly earlier: readonly AttemptRecord[];
}

/** An attempt as the report shows it, oldest first; the first verdict is never erased. */
export interface AttemptRecord {
  readonly attempt: number;
  /** Null for the first one, and for one that began by a reset which nobody ordered. */
  readonly order: Omit<RerunOrder, 'earlier'> | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly verdict: Verdict | null;
  /** The first phase that did not pass; null when all did. */
  readonly redPhase: string | null;
  readonly temporalRunId: string;
}

export const RERUN_UPDATE = 'rerun';
/** Update that ends the hold of a red run at once, so that it cleans up: {@link ReleaseOrder}. */
export const RELEASE_UPDATE = 'release';

/** Who does not need the kept customers of a red run any more, and why. */
export interface ReleaseOrder {
  readonly by: string;
  readonly reason: string;
}
/** How the hold of a red run ended: after its time, by an Update, or because the run was cancelled. */
export interface HoldEnd {
  readonly at: string;
  readonly how: 'time' | 'release' | 'cancellation';
  readonly by: string | null;
  readonly reason: string | null;
}

/**
 * Whose customers: a re-run from the first phase makes them anew, under names of its own. A run id holds no dot, so
 * that the run of any of them can be told.
 */
export function fixtureIdOf(runId: string, attempt: number): string {
  return attempt === 1 ? runId : `${runId}.a${String(attempt)}`;
}
export function runIdOfFixture(fixtureId: string): string {
  return fixtureId.split('.')[0] ?? fixtureId;
}
