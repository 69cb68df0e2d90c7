import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  GRACE_MS,
  absentRuns,
  type ScheduleFacts,
  type SuiteStart,
} from '../../../../src/cli/schedules/expected-runs.ts';
import { OVERLAP_NAMES } from '../../../../src/cli/schedules/words.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-11-28T00:00:00Z');
const at = (hour: number): number => START_MS + hour * HOUR_MS;

function start(dueMs: number, change: Partial<SuiteStart> = {}): SuiteStart {
  return {
    suiteId: `nightly-${String(dueMs)}`,
    workflowId: `e2e-suite-nightly-${String(dueMs)}`,
    dueMs,
    startedMs: dueMs + 30,
    closedMs: dueMs + 60_000,
    verdict: 'passed',
    failed: false,
    ...change,
  };
}

const QUIET: ScheduleFacts = {
  dueMs: [at(1), at(2), at(3)],
  starts: [start(at(1)), start(at(2)), start(at(3))],
  pauses: [],
  overlap: 'skip',
  waiting: 0,
  counted: { skippedByOverlap: 0, missedCatchUp: 0 },
  catchUpWindowMs: 60_000,
  environmentStartedMs: at(0),
  wholeLife: true,
  nowMs: at(3.5),
};

function reasons(change: Partial<ScheduleFacts>): string[] {
  return absentRuns({ ...QUIET, ...change }).map(
    ({ dueMs, reason }) => `${String((dueMs - START_MS) / HOUR_MS)} ${reason}`,
  );
}

describe('a suite that was due', () => {
  it('is not absent when it has started, also late, by a backfill, and for a time of whole seconds', () => {
    expect(reasons({})).toEqual([]);
    expect(reasons({ starts: [start(at(1)), start(at(2), { startedMs: at(3.4) }), start(at(3))] })).toEqual(
      [],
    );
    expect(reasons({ dueMs: [at(1) + 283], starts: [start(at(1))] })).toEqual([]);
  });

  it('is absent without a reason when nothing tells why', () => {
    expect(reasons({ starts: [start(at(1)), start(at(3))] })).toEqual(['2 unknown']);
    expect(reasons({ starts: [] })).toEqual(['1 unknown', '2 unknown', '3 unknown']);
  });

  it('is not absent while it may still be on its way', () => {
    expect(reasons({ starts: [start(at(1)), start(at(2))], nowMs: at(3) + GRACE_MS - 1 })).toEqual([]);
    expect(reasons({ starts: [start(at(1)), start(at(2))], nowMs: at(3) + GRACE_MS })).toEqual(['3 unknown']);
  });

  it('is not made up for by a suite that was triggered at another time', () => {
    const triggered = start(at(2.2));
    expect(reasons({ starts: [start(at(1)), triggered, start(at(3))] })).toEqual(['2 unknown']);
  });

  it('was left out by a pause, whose reason is told', () => {
    const pauses = [{ fromMs: at(1.5), untilMs: at(2.5), why: 'paused by ada: move of the lab' }];
    const facts = { ...QUIET, starts: [start(at(1)), start(at(3))], pauses };
    expect(absentRuns(facts)).toEqual([
      { dueMs: at(2), reason: 'paused', detail: 'paused by ada: move of the lab' },
    ]);
    expect(reasons({ starts: [], pauses })).toEqual(['1 unknown', '2 paused', '3 unknown']);
    const open = [{ fromMs: at(1.5), untilMs: null, why: 'paused' }];
    expect(reasons({ starts: [], pauses: open })).toEqual(['1 unknown', '2 paused', '3 paused']);
  });

  it('was skipped while another one ran, as often as Temporal has counted', () => {
    const starts = [start(at(1), { closedMs: null, verdict: 'running' })];
    const counted = { skippedByOverlap: 2, missedCatchUp: 0 };
    expect(absentRuns({ ...QUIET, starts, counted })[0]?.detail).toBe(
      `nightly-${String(at(1))} was still running`,
    );
    expect(reasons({ starts, counted })).toEqual(['2 overlap', '3 overlap']);
    expect(reasons({ starts, counted: { ...counted, skippedByOverlap: 1 } })).toEqual([
      '2 unknown',
      '3 overlap',
    ]);
    expect(reasons({ starts, counted, overlap: 'allow-all' })).toEqual(['2 unknown', '3 unknown']);
  });

  it('waits, and is not absent, when the policy keeps it for later', () => {
    const starts = [start(at(1), { closedMs: null, verdict: 'running' })];
    expect(reasons({ starts, overlap: 'buffer-all', waiting: 2 })).toEqual([]);
    const counted = { skippedByOverlap: 1, missedCatchUp: 0 };
    expect(reasons({ starts, overlap: 'buffer-one', waiting: 1, counted })).toEqual(['3 overlap']);
  });

  it('was missed while Temporal was down', () => {
    const counted = { skippedByOverlap: 0, missedCatchUp: 2 };
    const facts = { starts: [start(at(3))], counted, environmentStartedMs: at(2.9) };
    expect(reasons(facts)).toEqual(['1 catch-up', '2 catch-up']);
    // Within the window it would have been caught up.
    expect(reasons({ ...facts, catchUpWindowMs: 1.5 * HOUR_MS, wholeLife: false })).toEqual([
      '1 catch-up',
      '2 unknown',
    ]);
    // Temporal alone was down: all that is unexplained is what it has counted, or it cannot be told which.
    expect(reasons({ starts: [start(at(3))], counted })).toEqual(['1 catch-up', '2 catch-up']);
    expect(reasons({ starts: [], counted })).toEqual(['1 unknown', '2 unknown', '3 unknown']);
    expect(reasons({ starts: [start(at(3))], counted, wholeLife: false })).toEqual([
      '1 unknown',
      '2 unknown',
    ]);
  });
});

const facts = fc
  .record({
    due: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 40 }),
    startedShare: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    lasts: fc.array(fc.option(fc.integer({ min: 1, max: 900_000 })), { minLength: 40, maxLength: 40 }),
    extra: fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 5 }),
    pauses: fc.array(fc.tuple(fc.integer({ max: 200 }), fc.integer({ min: 0, max: 50 })), { maxLength: 3 }),
    overlap: fc.constantFrom(...OVERLAP_NAMES),
    waiting: fc.nat(3),
    skippedByOverlap: fc.nat(5),
    missedCatchUp: fc.nat(5),
    upSince: fc.nat(200),
    wholeLife: fc.boolean(),
    now: fc.nat(220),
  })
  .map((drawn): ScheduleFacts => {
    const dueMs = drawn.due
      .toSorted((left, right) => left - right)
      .map((minute) => START_MS + minute * 60_000);
    const planned = dueMs.filter((_, index) => drawn.startedShare[index]);
    const triggered = drawn.extra.map((second) => START_MS + second * 1_000 + 7_500);
    return {
      dueMs,
      starts: [...planned, ...triggered].map((due, index) => {
        const lasts = drawn.lasts[index % 40] ?? null;
        return start(due, { closedMs: lasts === null ? null : due + lasts });
      }),
      pauses: drawn.pauses.map(([from, length]) => ({
        fromMs: START_MS + from * 60_000,
        untilMs: length === 0 ? null : START_MS + (from + length) * 60_000,
        why: 'paused',
      })),
      overlap: drawn.overlap,
      waiting: drawn.waiting,
      counted: { skippedByOverlap: drawn.skippedByOverlap, missedCatchUp: drawn.missedCatchUp },
      catchUpWindowMs: 60_000,
      environmentStartedMs: START_MS + drawn.upSince * 60_000,
      wholeLife: drawn.wholeLife,
      nowMs: START_MS + drawn.now * 60_000,
    };
  });

describe('for any plan and any starts', () => {
  it('every due time is started, waits, is too young or is absent, and nothing else is absent', () => {
    fc.assert(
      fc.property(facts, (drawn) => {
        const absent = absentRuns(drawn).map(({ dueMs }) => dueMs);
        const old = drawn.dueMs.filter((each) => each <= drawn.nowMs - GRACE_MS);
        const started = old.filter((each) =>
          drawn.starts.some(({ dueMs }) => dueMs <= each && each - dueMs < 1_000),
        );
        expect(new Set(absent).size).toBe(absent.length);
        expect(absent).toEqual(absent.toSorted((left, right) => left - right));
        expect(absent.filter((each) => !old.includes(each) || started.includes(each))).toEqual([]);
        expect(old.length - started.length - absent.length).toBeGreaterThanOrEqual(0);
        expect(old.length - started.length - absent.length).toBeLessThanOrEqual(drawn.waiting);
      }),
    );
  });

  it('no reason is given more often than Temporal has counted it, and a pause only within one', () => {
    fc.assert(
      fc.property(facts, (drawn) => {
        const absent = absentRuns(drawn);
        const count = (reason: string) => absent.filter((each) => each.reason === reason).length;
        expect(count('overlap')).toBeLessThanOrEqual(drawn.counted.skippedByOverlap);
        expect(count('catch-up')).toBeLessThanOrEqual(drawn.counted.missedCatchUp);
        for (const { dueMs, reason } of absent) {
          const paused = drawn.pauses.some(
            ({ fromMs, untilMs }) => fromMs <= dueMs && dueMs < (untilMs ?? Infinity),
          );
          expect(reason === 'paused').toBe(paused);
        }
      }),
    );
  });

  it('one more start takes away at most one absence, and adds none', () => {
    fc.assert(
      fc.property(facts, fc.nat(200), (drawn, minute) => {
        const before = absentRuns(drawn).length;
        const more = start(START_MS + minute * 60_000);
        const after = absentRuns({ ...drawn, starts: [...drawn.starts, more], waiting: 0 }).length;
        const least = absentRuns({ ...drawn, waiting: 0 }).length;
        expect(after).toBeGreaterThanOrEqual(least - 1);
        expect(after).toBeLessThanOrEqual(before + drawn.waiting);
      }),
    );
  });
});
