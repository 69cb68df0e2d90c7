import type { History } from '@temporalio/common/lib/proto-utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { describeCommand, firstDivergence } from '../../../../src/cli/replay/divergence.ts';
import {
  activityCompleted,
  activityScheduled,
  completed,
  historyOf,
  started,
  taskStarted,
} from './histories.ts';

const history = historyOf(
  started('spotMigration', 'e2e-1'),
  taskStarted(),
  activityScheduled('measure', 'phase 1 · Before'),
  activityCompleted(),
  taskStarted(),
  activityScheduled('measure', 'phase 2 · After'),
  activityCompleted(),
  taskStarted(),
  completed(),
);
/** Code that fits up to this event of the history. */
const fitsBelow = (eventId: number) => async (beginning: History) =>
  (beginning.events?.length ?? 0) < eventId;
const NEVER = () => Promise.reject(new Error('nobody needs to look'));

describe('the first divergence', () => {
  it('is the event that Temporal names', async () => {
    const message =
      'Activity machine does not handle this event: HistoryEvent(id: 9, WorkflowExecutionCompleted)';
    expect(await firstDivergence(history, message, NEVER)).toEqual({
      eventId: 9,
      eventType: 'WorkflowExecutionCompleted',
      expected: 'the end of the workflow, completed',
      actual: 'an activity',
      position: 'phase 2 · After',
    });
  });

  it('is looked for when Temporal quotes a name that comes more than once', async () => {
    const message =
      "Activity type of scheduled event 'measure' does not match activity type of activity command 'guess'";
    const found = await firstDivergence(history, message, fitsBelow(6));
    expect(found).toMatchObject({ eventId: 6, expected: 'activity measure', actual: 'activity guess' });
    expect(found.position).toBe('phase 2 · After');
    expect(await firstDivergence(history, message, fitsBelow(3))).toMatchObject({ eventId: 3 });
  });

  it('is found wherever it is, with few looks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.nat(), async (rounds, at) => {
        const round = [taskStarted(), activityScheduled('measure'), activityCompleted()];
        const long = historyOf(started('w', 'e2e-1'), ...Array.from({ length: rounds }, () => round).flat());
        const divergentId = 3 + 3 * (at % rounds);
        let looks = 0;
        const fits = async (beginning: History) => {
          looks += 1;
          return fitsBelow(divergentId)(beginning);
        };
        const found = await firstDivergence(long, "of scheduled event 'measure' …", fits);
        expect(found.eventId).toBe(divergentId);
        expect(looks).toBeLessThanOrEqual(Math.ceil(Math.log2(rounds)) + 1);
      }),
    );
  });
});

describe('what the code wanted instead', () => {
  it.each([
    ["does not match activity type of activity command 'guess'", 'activity guess'],
    ["does not match child workflow type of command 'other'", 'child workflow other'],
    ['No command scheduled for event HistoryEvent(id: 9, TimerStarted)', 'nothing'],
    ['Timer machine does not handle this event: HistoryEvent(id: 9, X)', 'a timer'],
    ['[TMPRL1100] Nondeterminism error: Complete workflow machine does not handle this event: X', 'the end'],
    ['Replay failed. Details: [TMPRL1100] Nondeterminism error: something new', 'something new'],
  ])('%s', (message, wanted) => {
    expect(describeCommand(message)).toContain(wanted);
  });
});
