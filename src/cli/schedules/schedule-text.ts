import { toTimestamp } from '../../support/clock.ts';
import type { colours } from '../colours.ts';
import type { AbsentRun, SuiteStart } from './expected-runs.ts';
import type { ScheduleView } from './read-schedule.ts';
import { formatDuration, formatTime } from './time-text.ts';

type Colours = ReturnType<typeof colours>;

const SHOWN_ROWS = 10;

/** What `e2e schedule show` prints; fits 80 columns but for reasons of people. */
export function scheduleText(view: ScheduleView, paint: Colours): string[] {
  const time = (atMs: number): string => formatTime(atMs, view.timeZone);
  const { bold, dim, yellow } = paint;
  return [
    `${bold(view.name)}  ${view.paused ? yellow('paused') : 'active'}${view.note === '' ? '' : `  ${view.note}`}`,
    `  runs     ${view.about?.what ?? 'a workflow that was not scheduled by e2e'}`,
    `  when     ${view.about?.when ?? 'see Temporal'}${view.jitterMs === 0 ? '' : `, up to ${formatDuration(view.jitterMs)} later`}`,
    `  rules    overlap ${view.overlap}, catch-up window ${formatDuration(view.catchUpWindowMs)}${view.pauseOnFailure ? ', pauses when not green' : ''}`,
    `  counts   ${countsText(view)}`,
    '',
    bold(view.paused ? 'next, once resumed' : 'next'),
    ...view.nextMs.map((atMs) => `  ${time(atMs)}`),
    '',
    bold('recent suites'),
    ...recentLines(view.recent, time, paint),
    '',
    bold('expected but absent') + dim(`  since ${time(view.sinceMs)}`),
    ...absentLines(view.absent, time, paint),
  ];
}

function countsText({ counted }: ScheduleView): string {
  const { started, skippedByOverlap, missedCatchUp, waiting } = counted;
  const parts = [
    `${String(started)} started`,
    `${String(skippedByOverlap)} skipped by overlap`,
    `${String(missedCatchUp)} missed the catch-up window`,
  ];
  return [...parts, ...(waiting > 0 ? [`${String(waiting)} waiting`] : [])].join(', ');
}

function recentLines(
  starts: readonly SuiteStart[],
  time: (ms: number) => string,
  { red, green, yellow, dim }: Colours,
): string[] {
  if (starts.length === 0) return [dim('  none yet')];
  const paintOf = (verdict: string) => (verdict === 'passed' ? green : verdict === 'running' ? yellow : red);
  const width = Math.max(...starts.slice(0, SHOWN_ROWS).map(({ verdict }) => verdict.length));
  return [
    ...starts.slice(0, SHOWN_ROWS).map((start) => {
      const took = start.closedMs === null ? '' : formatDuration(start.closedMs - start.startedMs);
      return `  ${time(start.dueMs)}  ${paintOf(start.verdict)(start.verdict.padEnd(width))}  ${took.padEnd(9)}  ${start.suiteId}`.trimEnd();
    }),
    ...more(starts.length),
  ];
}

function absentLines(
  absent: readonly AbsentRun[],
  time: (ms: number) => string,
  { yellow, green }: Colours,
): string[] {
  if (absent.length === 0) return [`  ${green('none')}`];
  return [
    ...absent
      .toReversed()
      .slice(0, SHOWN_ROWS)
      .map(({ dueMs, reason, detail }) => `  ${time(dueMs)}  ${yellow(reason.padEnd(8))}  ${detail}`),
    ...more(absent.length),
  ];
}

function more(count: number): string[] {
  return count > SHOWN_ROWS ? [`  … and ${String(count - SHOWN_ROWS)} more; --json has all`] : [];
}

/** The same for machines: times as RFC 3339, all rows. */
export function scheduleJson(view: ScheduleView): object {
  const { nextMs, recent, absent, sinceMs, ...rest } = view;
  return {
    ...rest,
    next: nextMs.map(toTimestamp),
    recent: recent.map(({ dueMs, startedMs, closedMs, ...start }) => ({
      ...start,
      due: toTimestamp(dueMs),
      startedAt: toTimestamp(startedMs),
      finishedAt: closedMs === null ? null : toTimestamp(closedMs),
    })),
    absent: absent.map(({ dueMs, ...run }) => ({ ...run, due: toTimestamp(dueMs) })),
    absentSince: toTimestamp(sinceMs),
  };
}
