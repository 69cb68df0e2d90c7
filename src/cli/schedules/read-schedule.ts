import type { ScheduleDescription } from '@temporalio/client';

import { NAMESPACES } from '../../contracts/environment.ts';
import { SEARCH_ATTRIBUTES } from '../../contracts/runs.ts';
import { suiteIdOf } from '../../contracts/suites.ts';
import type { TemporalConnection } from '../runs/temporal.ts';
import { absentRuns, type AbsentRun, type SuiteStart } from './expected-runs.ts';
import { pausesOf } from './pauses.ts';
import { readPauseChanges } from './pause-changes.ts';
import { inScheduleWords } from './schedule-errors.ts';
import { noteOf, overlapOf, type Overlap, type ScheduleNote } from './words.ts';

/** All that `e2e schedule show` shows. Times are wall milliseconds. */
export interface ScheduleView {
  readonly name: string;
  /** Null: it was not made by `e2e schedule create`. */
  readonly about: ScheduleNote | null;
  readonly paused: boolean;
  readonly note: string;
  readonly timeZone: string;
  readonly jitterMs: number;
  readonly overlap: Overlap;
  readonly catchUpWindowMs: number;
  readonly pauseOnFailure: boolean;
  readonly counted: {
    readonly started: number;
    readonly skippedByOverlap: number;
    readonly missedCatchUp: number;
    readonly waiting: number;
  };
  readonly nextMs: readonly number[];
  /** Newest first. */
  readonly recent: readonly SuiteStart[];
  readonly absent: readonly AbsentRun[];
  /** How far back was looked for what is absent. */
  readonly sinceMs: number;
}

export interface ReadOptions {
  readonly nowMs: number;
  readonly environmentStartedMs: number;
}

const LOOK_BACK_MS = 7 * 24 * 3_600_000;
/** Temporal names a thousand times in one answer and does not say that there were more. */
const MOST_TIMES = 1_000;
const MOST_STARTS = 2_000;
const SHOWN_NEXT = 5;

/** @throws OptiInfraError `UNKNOWN_SCHEDULE` with the nearest name */
export async function readSchedule(
  temporal: TemporalConnection,
  name: string,
  options: ReadOptions,
): Promise<ScheduleView> {
  return inScheduleWords(temporal, name, async () => {
    const description = await temporal.client.schedule.getHandle(name).describe();
    // Before its last change the plan was another one.
    const madeMs = (description.info.lastUpdatedAt ?? description.info.createdAt).getTime();
    const { dueMs, sinceMs } = await dueTimes(temporal, name, madeMs, options.nowMs);
    const starts = await startsOf(temporal, name);
    const facts = await factsOf(temporal, { description, starts, dueMs });
    const absent = absentRuns({ ...facts, ...options, wholeLife: sinceMs === madeMs });
    return { ...viewOf(name, description), recent: starts, absent, sinceMs };
  });
}

/** Times of the plan since it was made, a week back at most, less when they are too many for one answer. */
async function dueTimes(temporal: TemporalConnection, name: string, madeMs: number, nowMs: number) {
  let sinceMs = Math.max(madeMs, nowMs - LOOK_BACK_MS);
  for (;;) {
    const dueMs = await plannedTimes(temporal, name, sinceMs, nowMs);
    if (dueMs.length < MOST_TIMES) return { dueMs, sinceMs };
    sinceMs = Math.ceil((sinceMs + nowMs) / 2);
  }
}

/** When the plan says that a suite starts, in a range that includes its end. */
export async function plannedTimes(
  { connection }: TemporalConnection,
  name: string,
  fromMs: number,
  toMs: number,
): Promise<number[]> {
  const { msToTs, tsToMs } = await import('@temporalio/common/lib/time.js');
  const { startTime } = await connection.workflowService.listScheduleMatchingTimes({
    namespace: NAMESPACES.harness,
    scheduleId: name,
    startTime: msToTs(fromMs),
    endTime: msToTs(toMs),
  });
  return startTime.map((time) => tsToMs(time));
}

/** Every suite that the schedule has started and Temporal still knows, newest first. */
export async function startsOf({ client }: TemporalConnection, name: string): Promise<SuiteStart[]> {
  const { defineSearchAttributeKey, SearchAttributeType } = await import('@temporalio/common');
  const due = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);
  const verdict = defineSearchAttributeKey(SEARCH_ATTRIBUTES.verdict, SearchAttributeType.KEYWORD);
  const starts: SuiteStart[] = [];
  for await (const suite of client.workflow.list({ query: `TemporalScheduledById = "${name}"` })) {
    const startedMs = suite.startTime.getTime();
    if (suite.status.name === 'CONTINUED_AS_NEW') {
      // One suite, which began with its first execution and is as its last one is.
      const last = starts.findLastIndex(({ workflowId }) => workflowId === suite.workflowId);
      const newer = starts[last];
      if (newer !== undefined) starts[last] = { ...newer, startedMs };
      continue;
    }
    const { typedSearchAttributes: attributes } = suite;
    starts.push({
      suiteId: suiteIdOf(suite.workflowId),
      workflowId: suite.workflowId,
      dueMs: (attributes.get(due) ?? suite.startTime).getTime(),
      startedMs,
      closedMs: suite.closeTime?.getTime() ?? null,
      verdict: verdictOf(suite.status.name, attributes.get(verdict)),
      failed: suite.status.name === 'FAILED' || suite.status.name === 'TIMED_OUT',
    });
    if (starts.length >= MOST_STARTS) break;
  }
  return starts;
}

/** Its verdict as the suite noted it, else how the workflow ended. */
function verdictOf(status: string, verdict: string | undefined): string {
  if (status === 'RUNNING') return 'running';
  return verdict ?? status.toLowerCase().replaceAll('_', ' ');
}

async function factsOf(
  temporal: TemporalConnection,
  seen: { description: ScheduleDescription; starts: readonly SuiteStart[]; dueMs: readonly number[] },
) {
  const { description, starts, dueMs } = seen;
  const { info, state, policies, scheduleId } = description;
  const pauses = pausesOf({
    changes: await readPauseChanges(temporal, scheduleId),
    createdMs: info.createdAt.getTime(),
    pausedNow: state.paused,
    pauseOnFailure: policies.pauseOnFailure,
    failures: starts.flatMap(({ suiteId, closedMs, failed }) =>
      closedMs === null || !failed ? [] : [{ suiteId, closedMs }],
    ),
  });
  return {
    dueMs,
    starts,
    pauses,
    overlap: overlapOf(policies.overlap),
    waiting: waitingOf(description),
    counted: countedOf(description),
    catchUpWindowMs: policies.catchupWindow,
  };
}

function waitingOf({ raw }: ScheduleDescription): number {
  return Number(raw.info?.bufferSize ?? 0);
}

function countedOf({ info }: ScheduleDescription) {
  return {
    started: info.numActionsTaken,
    skippedByOverlap: info.numActionsSkippedOverlap,
    missedCatchUp: info.numActionsMissedCatchupWindow,
  };
}

function viewOf(name: string, description: ScheduleDescription) {
  const { info, memo, policies, spec, state } = description;
  return {
    name,
    about: noteOf(memo),
    paused: state.paused,
    note: state.note ?? '',
    timeZone: spec.timezone === undefined || spec.timezone === '' ? 'UTC' : spec.timezone,
    jitterMs: spec.jitter ?? 0,
    overlap: overlapOf(policies.overlap),
    catchUpWindowMs: policies.catchupWindow,
    pauseOnFailure: policies.pauseOnFailure,
    counted: { ...countedOf(description), waiting: waitingOf(description) },
    nextMs: info.nextActionTimes.slice(0, SHOWN_NEXT).map((time) => time.getTime()),
  };
}
