import type { Overlap } from './words.ts';

/** A suite that the schedule started: by its plan, by a trigger or by a backfill. All times are wall milliseconds. */
export interface SuiteStart {
  readonly suiteId: string;
  readonly workflowId: string;
  /** The time it was started for; a backfilled one has that of the run that was missing. Cut to the second. */
  readonly dueMs: number;
  readonly startedMs: number;
  readonly closedMs: number | null;
  readonly verdict: string;
  /** Its workflow failed or timed out, which is what pauses a schedule with pause on failure. */
  readonly failed: boolean;
}
/** The plan was not followed in between; still not when `untilMs` is null. */
export interface Pause {
  readonly fromMs: number;
  readonly untilMs: number | null;
  readonly why: string;
}
export interface ScheduleFacts {
  /** Times at which the plan says that a suite starts, oldest first. */
  readonly dueMs: readonly number[];
  readonly starts: readonly SuiteStart[];
  readonly pauses: readonly Pause[];
  readonly overlap: Overlap;
  /** Starts that wait for a running suite to end. */
  readonly waiting: number;
  /** What Temporal has counted since the schedule was made. */
  readonly counted: { readonly skippedByOverlap: number; readonly missedCatchUp: number };
  readonly catchUpWindowMs: number;
  /** When the environment was started last. */
  readonly environmentStartedMs: number;
  /** Whether `dueMs` holds every time since the schedule was made: only then the counts can be set off against it. */
  readonly wholeLife: boolean;
  readonly nowMs: number;
}

export type AbsenceReason = 'paused' | 'overlap' | 'catch-up' | 'unknown';
/** A suite should have started and none exists. */
export interface AbsentRun {
  readonly dueMs: number;
  readonly reason: AbsenceReason;
  /** For people, one line. */
  readonly detail: string;
}

/** A start that is this late is on its way yet, not absent. */
export const GRACE_MS = 5_000;
/** Temporal notes for which time it started a suite in whole seconds. */
const CUT_MS = 1_000;

/**
 * Expected but absent: what was due and never started, oldest first. No reason is given more often than Temporal has
 * counted it; what cannot be told is `unknown`.
 */
export function absentRuns(facts: ScheduleFacts): readonly AbsentRun[] {
  const due = facts.dueMs.filter((each) => each <= facts.nowMs - GRACE_MS);
  const unmatched = withoutStarted(due, facts.starts);
  const waiting = new Set(stillWaiting(unmatched, facts));
  const absent = unmatched.filter((each) => !waiting.has(each));
  const left = {
    overlap: facts.counted.skippedByOverlap,
    catchUp: facts.counted.missedCatchUp,
  };
  // The newest first: the counts go back further than what is looked at.
  const explained = absent.toReversed().map((each) => explain(each, facts, left));
  return missedSilently(explained, facts, left.catchUp).toReversed();
}

/** Each start stands for one due time at most. */
function withoutStarted(due: readonly number[], starts: readonly SuiteStart[]): number[] {
  const open = starts.map(({ dueMs }) => dueMs).toSorted((left, right) => left - right);
  return due.filter((each) => {
    const index = open.findIndex((start) => start <= each && each - start < CUT_MS);
    if (index === -1) return true;
    open.splice(index, 1);
    return false;
  });
}

/** Policies that buffer keep the first times that fall into a running suite. */
function stillWaiting(due: readonly number[], { starts, waiting }: ScheduleFacts): number[] {
  const running = starts.filter(({ closedMs }) => closedMs === null);
  return due.filter((each) => running.some(({ startedMs }) => startedMs <= each)).slice(0, waiting);
}

function explain(dueMs: number, facts: ScheduleFacts, left: { overlap: number; catchUp: number }): AbsentRun {
  const pause = facts.pauses.find(({ fromMs, untilMs }) => fromMs <= dueMs && dueMs < (untilMs ?? Infinity));
  if (pause !== undefined) return { dueMs, reason: 'paused', detail: pause.why };
  const other = leavesOut(facts.overlap) ? runningAt(dueMs, facts.starts) : undefined;
  if (other !== undefined && left.overlap > 0) {
    left.overlap -= 1;
    return { dueMs, reason: 'overlap', detail: `${other.suiteId} was still running` };
  }
  if (dueMs + facts.catchUpWindowMs < facts.environmentStartedMs && left.catchUp > 0) {
    left.catchUp -= 1;
    return { dueMs, reason: 'catch-up', detail: 'Temporal was down for longer than the catch-up window' };
  }
  return { dueMs, reason: 'unknown', detail: 'Temporal does not tell why' };
}

function leavesOut(overlap: Overlap): boolean {
  return overlap === 'skip' || overlap === 'buffer-one';
}

function runningAt(timeMs: number, starts: readonly SuiteStart[]): SuiteStart | undefined {
  return starts.find(({ startedMs, closedMs }) => startedMs <= timeMs && timeMs < (closedMs ?? Infinity));
}

/** When Temporal has counted at least as many missed windows as are unexplained, it is what happened to all of them. */
function missedSilently(
  absent: readonly AbsentRun[],
  { wholeLife }: ScheduleFacts,
  missed: number,
): readonly AbsentRun[] {
  const unknown = absent.filter(({ reason }) => reason === 'unknown').length;
  if (!wholeLife || unknown === 0 || unknown > missed) return absent;
  return absent.map((each) =>
    each.reason === 'unknown'
      ? {
          ...each,
          reason: 'catch-up',
          detail: 'Temporal counted it as missed: it was down, or too late for the catch-up window',
        }
      : each,
  );
}
