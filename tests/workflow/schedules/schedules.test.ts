import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  backfillSchedule,
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  triggerSchedule,
  type BackfillRequest,
} from '../../../src/cli/schedules/act-on-schedule.ts';
import { listSchedules } from '../../../src/cli/schedules/list-schedules.ts';
import { workflowOf } from '../../../src/cli/runs/ui-address.ts';
import { scheduleJson, scheduleText } from '../../../src/cli/schedules/schedule-text.ts';
import { colours } from '../../../src/cli/colours.ts';
import { wallClock } from '../support/temporal-server.ts';
import { openScheduleBench, type ScheduleBench } from './schedule-bench.ts';

let bench: ScheduleBench;
beforeAll(async () => {
  bench = await openScheduleBench();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const BY_ADA = { by: 'ada', reason: 'the lab moves' };
const OWN = { overlap: undefined, clock: wallClock };

describe('a schedule', () => {
  it('starts the suite by its plan, in its time zone, and is shown with what it runs', async () => {
    const next = await bench.create('nightly', {
      plan: { cron: '0 2 * * *', timeZone: 'Europe/Berlin' },
      about: { when: '0 2 * * * Europe/Berlin', what: '#e2e', by: 'ada' },
      note: 'the nightly one',
    });
    expect(next[0]?.toISOString()).toMatch(/T0[01]:00:00\.000Z$/);
    const view = await bench.view('nightly');
    expect(view).toMatchObject({
      about: { when: '0 2 * * * Europe/Berlin', what: '#e2e', by: 'ada' },
      paused: false,
      overlap: 'skip',
      catchUpWindowMs: 60_000,
      recent: [],
      absent: [],
    });
    const text = scheduleText(view, colours()).join('\n');
    expect(text).toContain('nightly  active  the nightly one');
    expect(text.match(/02:00:00 GMT\+[12]/g)).toHaveLength(5);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(scheduleJson(view)).toMatchObject({ name: 'nightly', absent: [], recent: [] });
    const described = await bench.server.client.schedule.getHandle('nightly').describe();
    expect(described.action).toMatchObject({
      workflowType: 'suite',
      taskQueue: 'e2e-scenarios',
      workflowId: 'e2e-suite-nightly',
    });
  });

  it('is listed with its next time', async () => {
    await bench.create('listed', { paused: true });
    let rows = await listSchedules(bench.temporal);
    for (let look = 0; look < 50 && !rows.some(({ name }) => name === 'listed'); look += 1) {
      await wallClock.sleepWall(100);
      rows = await listSchedules(bench.temporal);
    }
    expect(rows.find(({ name }) => name === 'listed')).toMatchObject({ paused: true, what: '#e2e' });
  });

  it('is gone after its deletion, and its running suite goes on', async () => {
    await bench.create('gone');
    await triggerSchedule(bench.temporal, 'gone', OWN);
    expect(await deleteSchedule(bench.temporal, 'gone')).toEqual([expect.stringMatching(/^gone-/)]);
    await expect(bench.view('gone')).rejects.toMatchObject({ code: 'UNKNOWN_SCHEDULE' });
  });
});

describe('what cannot be', () => {
  it('is refused: a name twice', async () => {
    await bench.create('twice');
    await expect(bench.create('twice')).rejects.toMatchObject({
      code: 'SCHEDULE_EXISTS',
      message: 'there is a schedule "twice" already',
    });
  });

  it.each([
    ['0 25 * * *', 'Hour is not in range [0-23]'],
    ['61 2 * * *', 'Minute is not in range [0-59]'],
    ['0 2 * * 8', 'DayOfWeek is not in range [0-7]'],
    ['0 2 * *', 'CronString does not have 5-7 fields'],
    ['every night', 'CronString does not have 5-7 fields'],
    ['*/0 * * * *', 'Minute has invalid Step'],
    ['0 2 30 2 *', 'there is no such time, it would never start'],
  ])('is refused: --cron %j, with the field', async (cron, why) => {
    const refused = bench.create('nonsense', { plan: { cron, timeZone: 'UTC' } });
    await expect(refused).rejects.toMatchObject({ code: 'USAGE', message: `--cron "${cron}": ${why}` });
    await expect(bench.view('nonsense')).rejects.toMatchObject({ code: 'UNKNOWN_SCHEDULE' });
  });

  it('is refused: a schedule that is not there, with the nearest', async () => {
    await bench.create('weekly');
    const unknown = { code: 'UNKNOWN_SCHEDULE', message: 'there is no schedule "weekli"' };
    await expect(bench.until('weekly', 'it is listed', () => true)).resolves.toBeDefined();
    await expect(bench.view('weekli')).rejects.toMatchObject(unknown);
    await expect(pauseSchedule(bench.temporal, 'weekli', BY_ADA)).rejects.toMatchObject(unknown);
    await expect(resumeSchedule(bench.temporal, 'weekli', BY_ADA)).rejects.toMatchObject(unknown);
    await expect(deleteSchedule(bench.temporal, 'weekli')).rejects.toMatchObject(unknown);
    await expect(triggerSchedule(bench.temporal, 'weekli', OWN)).rejects.toMatchObject(unknown);
    await expect(backfillSchedule(bench.temporal, 'weekli', range(-2_000, -1_000))).rejects.toMatchObject({
      ...unknown,
      hint: 'Did you mean `weekly`?',
    });
  });
});

describe('a trigger', () => {
  it('while a suite runs is skipped, says so and is counted; afterwards it starts again', async () => {
    await bench.create('busy');
    const first = await triggerSchedule(bench.temporal, 'busy', OWN);
    expect(first).toMatchObject({
      kind: 'started',
      suiteId: expect.stringMatching(/^busy-\d{4}-/) as string,
    });
    const { suiteId } = first as { suiteId: string };
    const second = await triggerSchedule(bench.temporal, 'busy', OWN);
    expect(second).toEqual({ kind: 'skipped', running: [suiteId] });
    await expectFound(suiteId);
    const { recent, counted } = await bench.view('busy');
    expect(recent).toHaveLength(1);
    expect(recent[0]).toMatchObject({ verdict: 'running', closedMs: null });
    expect(counted).toMatchObject({ started: 1, skippedByOverlap: 1 });

    await bench.end(recent[0]?.workflowId, 'passed');
    await bench.until('busy', 'the verdict', (view) => view.recent[0]?.verdict === 'passed');
    expect(await triggerSchedule(bench.temporal, 'busy', OWN)).toMatchObject({ kind: 'started' });
  });

  it('waits for the running suite when the policy keeps it', async () => {
    await bench.create('patient', { overlap: 'buffer-one' });
    await triggerSchedule(bench.temporal, 'patient', OWN);
    expect(await triggerSchedule(bench.temporal, 'patient', OWN)).toMatchObject({ kind: 'waits' });
    const { recent } = await bench.until('patient', 'one that waits', ({ counted }) => counted.waiting === 1);
    await bench.end(recent[0]?.workflowId, 'passed');
    await bench.until('patient', 'the second suite', (view) => view.recent.length === 2);
  });
});

/** `e2e ui` finds a suite by its id, whose time is written otherwise than in Temporal. */
async function expectFound(suiteId: string): Promise<void> {
  const workflowId = await workflowOf(bench.temporal, suiteId);
  expect(workflowId).toMatch(/^e2e-suite-busy-\d{4}-\d\d-\d\dT/);
  const unknown = workflowOf(bench.temporal, suiteId.replace('busy', 'idle'));
  await expect(unknown).rejects.toMatchObject({ code: 'UNKNOWN_RUN' });
}

describe('pause on failure', () => {
  it('pauses after a red suite, and its note says why; a green one changes nothing', async () => {
    for (const [name, verdict] of [
      ['green', 'passed'],
      ['careful', 'failed'],
    ] as const) {
      await bench.create(name, { pauseOnFailure: true });
      await triggerSchedule(bench.temporal, name, OWN);
      const { recent } = await bench.view(name);
      await bench.end(recent[0]?.workflowId, verdict);
      await bench.until(name, verdict, (view) => view.recent[0]?.verdict === verdict);
    }
    const { note, recent } = await bench.until('careful', 'the pause', ({ paused }) => paused);
    expect(note).toContain('paused due to workflow failure');
    expect(note).toContain(recent[0]?.workflowId);
    expect(note).toContain('the suite is failed');
    expect((await bench.view('green')).paused).toBe(false);
  });
});

function range(fromMs: number, toMs: number, change: Partial<BackfillRequest> = {}): BackfillRequest {
  const nowMs = wallClock.wallMs();
  return { fromMs: nowMs + fromMs, toMs: nowMs + toMs, overlap: 'allow-all', all: false, nowMs, ...change };
}

describe('runs that were expected', () => {
  it('are shown as absent with the pause that kept them away, until a backfill starts them', async () => {
    await bench.create('hourly', { plan: { everyMs: 1_000 }, overlap: 'allow-all' });
    await bench.until('hourly', 'a start by the plan', ({ recent }) => recent.length > 0);
    await pauseSchedule(bench.temporal, 'hourly', BY_ADA);
    expect(await pauseSchedule(bench.temporal, 'hourly', { by: 'bob', reason: '' })).toBe(
      'paused by ada: the lab moves',
    );
    const { absent } = await bench.until('hourly', 'absent runs', (view) => view.absent.length >= 2);
    expect(new Set(absent.map(({ detail }) => detail))).toEqual(new Set(['paused by ada: the lab moves']));
    const text = scheduleText(await bench.view('hourly'), colours()).join('\n');
    expect(text).toMatch(/paused {4}paused by ada: the lab moves/);

    expect(await resumeSchedule(bench.temporal, 'hourly', BY_ADA)).not.toBeNull();
    expect(await resumeSchedule(bench.temporal, 'hourly', BY_ADA)).toBeNull();
    // What was due in the pause stays absent, and why is still told.
    const later = await bench.view('hourly');
    expect(later.absent.map(({ reason }) => reason)).toContain('paused');
    await pauseSchedule(bench.temporal, 'hourly', { by: 'ada', reason: 'enough' });

    const [first, second] = later.absent;
    const missed = { fromMs: (first?.dueMs ?? 0) - 100, toMs: (second?.dueMs ?? 0) + 100 };
    const started = await backfillSchedule(bench.temporal, 'hourly', range(0, 0, missed));
    expect(started).toEqual([first?.dueMs, second?.dueMs]);
    await bench.until('hourly', 'the end of the absence', (view) =>
      view.absent.every(({ dueMs }) => !started.includes(dueMs)),
    );
    expect(await backfillSchedule(bench.temporal, 'hourly', range(0, 0, missed))).toEqual([]);
  });

  it('are shown as skipped while a suite ran over their time', async () => {
    await bench.create('long', { plan: { everyMs: 1_000 } });
    const { absent, recent } = await bench.until('long', 'absent runs', (view) => view.absent.length >= 2);
    expect(absent[0]).toMatchObject({
      reason: 'overlap',
      detail: `${recent[0]?.suiteId ?? ''} was still running`,
    });
    await deleteSchedule(bench.temporal, 'long');
  });

  it('cannot be backfilled in a range that is reversed, not over or empty', async () => {
    await bench.create('filled');
    const refused = async (request: BackfillRequest, message: string) =>
      expect(backfillSchedule(bench.temporal, 'filled', request)).rejects.toMatchObject({
        code: 'USAGE',
        message,
      });
    await refused(range(-1_000, -2_000), '--from is not before --to');
    await refused(range(-1_000, 60_000), '--to lies in the future');
    await refused(range(-2_000, -1_000), 'nothing was due in this range');
    await bench.create('dense', { plan: { everyMs: 1_000 }, paused: true });
    await expect(backfillSchedule(bench.temporal, 'dense', range(-200_000, -1_000))).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('At most 100') as string,
    });
  });
});
