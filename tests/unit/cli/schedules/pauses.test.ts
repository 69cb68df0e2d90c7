import { describe, expect, it } from 'vitest';

import { pausesOf, type PauseFacts } from '../../../../src/cli/schedules/pauses.ts';

const NONE: PauseFacts = {
  changes: [],
  createdMs: 100,
  pausedNow: false,
  failures: [],
  pauseOnFailure: false,
};
const pause = (atMs: number, note = `paused at ${String(atMs)}`) => ({ atMs, kind: 'pause', note }) as const;
const resume = (atMs: number) => ({ atMs, kind: 'resume', note: 'resumed' }) as const;
const FAILED = [{ suiteId: 'nightly-1', closedMs: 300 }];

describe('pauses of a schedule', () => {
  it('are none when nobody paused it', () => {
    expect(pausesOf(NONE)).toEqual([]);
    expect(pausesOf({ ...NONE, failures: FAILED, pauseOnFailure: true })).toEqual([]);
  });

  it('last from the order until the next resumption, or still', () => {
    const changes = [pause(200), pause(250), resume(300), pause(400)];
    expect(pausesOf({ ...NONE, changes, pausedNow: true })).toEqual([
      { fromMs: 200, untilMs: 300, why: 'paused at 200' },
      { fromMs: 400, untilMs: null, why: 'paused at 400' },
    ]);
  });

  it('begin with the failure that nobody ordered a pause for', () => {
    const because = 'paused because nightly-1 was not green';
    const facts = { ...NONE, pauseOnFailure: true, failures: FAILED };
    expect(pausesOf({ ...facts, pausedNow: true })).toEqual([{ fromMs: 300, untilMs: null, why: because }]);
    expect(pausesOf({ ...facts, changes: [resume(500)] })).toEqual([
      { fromMs: 300, untilMs: 500, why: because },
    ]);
  });

  it('begin when it was made paused', () => {
    expect(pausesOf({ ...NONE, pausedNow: true })).toEqual([
      { fromMs: 100, untilMs: null, why: 'paused when it was made' },
    ]);
  });

  it('are left out when it cannot be told since when', () => {
    const changes = [pause(200), resume(300)];
    expect(pausesOf({ ...NONE, changes, pausedNow: true })).toEqual([
      { fromMs: 200, untilMs: 300, why: 'paused at 200' },
    ]);
  });
});
