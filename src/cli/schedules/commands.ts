import { connectEnvironment } from '../../environment/index.ts';
import { createClock, toTimestamp, type Clock } from '../../support/clock.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { actingUser } from '../acting-user.ts';
import { colours } from '../colours.ts';
import { connectTemporal, type TemporalConnection } from '../runs/temporal.ts';
import {
  backfillSchedule,
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  triggerSchedule,
  type Reason,
} from './act-on-schedule.ts';
import { createSchedule, type SchedulePlan } from './create-schedule.ts';
import { listSchedules, type ScheduleRow } from './list-schedules.ts';
import { readSchedule } from './read-schedule.ts';
import { scheduleJson, scheduleText } from './schedule-text.ts';
import { suiteOf, type SuiteOptions } from './suite-options.ts';
import { checkTimeZone, formatDuration, formatTime } from './time-text.ts';
import { NIGHTLY, checkScheduleName, type Overlap } from './words.ts';

export interface NamedOptions {
  readonly name: string;
  readonly json?: boolean;
}
export interface CreateOptions extends NamedOptions, SuiteOptions {
  readonly cron?: string;
  readonly every?: number;
  readonly timeZone?: string;
  readonly overlap: Overlap;
  readonly pauseOnFailure?: boolean;
  readonly catchupWindow: number;
  readonly jitter: number;
  readonly paused?: boolean;
  readonly note: string;
}
export interface ReasonOptions extends NamedOptions, Reason {}
export interface BackfillOptions extends NamedOptions {
  readonly from: number;
  readonly to: number;
  readonly overlap?: Overlap;
  readonly all?: boolean;
}

interface Connected {
  readonly temporal: TemporalConnection;
  readonly clock: Clock;
  readonly environmentStartedMs: number;
}

async function connected<T>({ name }: NamedOptions, work: (connected: Connected) => Promise<T>): Promise<T> {
  const { descriptor } = connectEnvironment(name);
  await using temporal = await connectTemporal(descriptor);
  const environmentStartedMs = Date.parse(descriptor.startedAt);
  return await work({ temporal, clock: createClock(descriptor.anchor), environmentStartedMs });
}

export async function create(
  name: string,
  patterns: readonly string[],
  options: CreateOptions,
): Promise<void> {
  checkScheduleName(name);
  const plan = planOf(options);
  const suite = await suiteOf(name, patterns, options);
  await connected(options, async ({ temporal }) => {
    const when = 'cron' in plan ? `${plan.cron} ${plan.timeZone}` : `every ${formatDuration(plan.everyMs)}`;
    const next = await createSchedule(temporal, {
      name,
      plan,
      suite,
      overlap: options.overlap,
      catchUpWindowMs: options.catchupWindow,
      jitterMs: options.jitter,
      pauseOnFailure: options.pauseOnFailure === true,
      paused: options.paused === true,
      note: options.note,
      about: { when, what: suite.title, by: actingUser() },
    });
    const [first] = next;
    const zone = 'cron' in plan ? plan.timeZone : 'UTC';
    print(`schedule "${name}" runs ${suite.title}, ${when}`);
    if (options.paused === true) print(`  it is paused: \`e2e schedule resume ${name}\` lets it begin`);
    else if (first !== undefined) print(`  first at ${formatTime(first.getTime(), zone)}`);
    print('  it lives in this environment: it starts nothing while that is down, and `e2e down` deletes it');
    print('  unless --keep-data is given');
  });
}

function planOf({ cron, every, timeZone }: CreateOptions): SchedulePlan {
  if (every === undefined) return { cron: cron ?? NIGHTLY, timeZone: checkTimeZone(timeZone ?? 'UTC') };
  if (cron !== undefined) {
    throw new OptiInfraError('USAGE', '--cron and --every exclude each other', { hint: 'Give one of them.' });
  }
  if (timeZone !== undefined) {
    throw new OptiInfraError('USAGE', '--time-zone goes with --cron, not with --every', {
      hint: 'An interval is the same in every time zone: leave it out.',
    });
  }
  return { everyMs: every };
}

export async function list(options: NamedOptions): Promise<void> {
  const rows = await connected(options, ({ temporal }) => listSchedules(temporal));
  if (options.json === true) {
    for (const { nextMs, ...row } of rows) {
      print(JSON.stringify({ ...row, next: nextMs === null ? null : toTimestamp(nextMs) }));
    }
  } else if (rows.length === 0) {
    print('no schedule yet; `e2e schedule create nightly --tag e2e` makes one');
  } else {
    rows.flatMap(rowLines).forEach(print);
  }
}

function rowLines({ name, paused, note, when, what, nextMs, timeZone, lastSuiteId }: ScheduleRow): string[] {
  const { bold, dim, yellow } = colours();
  const next = nextMs === null ? 'never again' : formatTime(nextMs, timeZone);
  return [
    `${bold(name)}  ${paused ? yellow('paused') : `next ${next}`}`,
    `  ${what ?? 'not made by e2e'}${when === null ? '' : `, ${when}`}`,
    ...(note === '' ? [] : [`  ${dim(note)}`]),
    ...(lastSuiteId === null ? [] : [dim(`  last suite ${lastSuiteId}`)]),
  ];
}

export async function show(name: string, options: NamedOptions): Promise<void> {
  const view = await connected(options, ({ temporal, clock, environmentStartedMs }) =>
    readSchedule(temporal, name, { nowMs: clock.wallMs(), environmentStartedMs }),
  );
  if (options.json === true) print(JSON.stringify(scheduleJson(view)));
  else scheduleText(view, colours()).forEach(print);
}

export async function pause(name: string, options: ReasonOptions): Promise<void> {
  const before = await connected(options, ({ temporal }) => pauseSchedule(temporal, name, options));
  print(
    before === null ? `schedule "${name}" is paused` : `schedule "${name}" was paused already: ${before}`,
  );
}

export async function resume(name: string, options: ReasonOptions): Promise<void> {
  const next = await connected(options, ({ temporal }) => resumeSchedule(temporal, name, options));
  const first = next?.[0];
  print(next === null ? `schedule "${name}" was not paused` : `schedule "${name}" follows its plan again`);
  if (first !== undefined) print(`  next at ${formatTime(first.getTime(), 'UTC')}`);
}

export async function remove(name: string, options: NamedOptions): Promise<void> {
  const running = await connected(options, ({ temporal }) => deleteSchedule(temporal, name));
  print(`schedule "${name}" is deleted`);
  for (const suiteId of running) print(`  its suite ${suiteId} goes on`);
}

export async function trigger(
  name: string,
  options: NamedOptions & Pick<BackfillOptions, 'overlap'>,
): Promise<void> {
  const outcome = await connected(options, ({ temporal, clock }) =>
    triggerSchedule(temporal, name, { overlap: options.overlap, clock }),
  );
  if (outcome.kind === 'started') {
    print(`suite ${outcome.suiteId} has started; \`e2e watch ${outcome.suiteId}\` shows it`);
    return;
  }
  const others = outcome.running.join(', ');
  print(
    outcome.kind === 'skipped'
      ? `skipped, nothing was started: ${others} is still running`
      : `waits: its suite starts when ${others} has ended`,
  );
}

export async function backfill(name: string, options: BackfillOptions): Promise<void> {
  const started = await connected(options, ({ temporal, clock }) =>
    backfillSchedule(temporal, name, {
      fromMs: options.from,
      toMs: options.to,
      overlap: options.overlap ?? 'buffer-all',
      all: options.all === true,
      nowMs: clock.wallMs(),
    }),
  );
  if (started.length === 0) {
    print('nothing is missing in this range; --all runs again what has run');
    return;
  }
  print(`${String(started.length)} ${started.length === 1 ? 'suite starts' : 'suites start'}, for`);
  for (const atMs of started) print(`  ${formatTime(atMs, 'UTC')}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
