import { describe, expect, it } from 'vitest';

import { colours } from '../../../../src/cli/colours.ts';
import type { ReplayOutcome } from '../../../../src/cli/replay/outcome.ts';
import { exitCodeOfReplays, replayLines, summaryLine } from '../../../../src/cli/replay/tell-replays.ts';

const fits: ReplayOutcome = {
  source: '20261128-225056-ixmh',
  runId: '20261128-225056-ixmh',
  scenario: 'spot-migration',
  workflowRunId: 'r',
  events: 100,
  status: 'fits',
  divergence: null,
  reason: null,
};
const diverged: ReplayOutcome = {
  ...fits,
  status: 'diverged',
  divergence: {
    eventId: 61,
    eventType: 'ActivityTaskScheduled',
    expected: 'activity measureQuality',
    actual: 'activity guessQuality',
    position: 'phase 7 · Validate quality',
  },
  reason: 'Activity type …',
};
const foreign: ReplayOutcome = { ...fits, status: 'foreign', reason: 'no such function' };
const unreadable: ReplayOutcome = { ...fits, status: 'unreadable', source: 'x.json', reason: 'no history' };
const failed: ReplayOutcome = { ...fits, status: 'failed', reason: 'TypeError' };

describe('the exit code', () => {
  it.each([
    [[fits, fits], 0],
    [[fits, diverged], 1],
    [[foreign, failed], 1],
    [[fits, foreign], 3],
    [[unreadable, fits], 3],
  ])('%#', (outcomes, code) => {
    expect(exitCodeOfReplays(outcomes)).toBe(code);
  });
});

describe('the lines', () => {
  it('name event, history and code of a divergence, and what to do', () => {
    const text = replayLines([diverged], colours()).join('\n');
    for (const part of ['event 61', 'phase 7', 'measureQuality', 'guessQuality', 'e2e deploy']) {
      expect(text).toContain(part);
    }
  });

  it.each([foreign, unreadable, failed])('say of $status why and what next', (outcome) => {
    const lines = replayLines([outcome], colours());
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(outcome.reason);
  });

  it('leave out what fits when there are many, never what does not', () => {
    const many = [...Array.from({ length: 60 }, () => fits), foreign];
    expect(replayLines(many, colours()).join('\n')).toContain('no such function');
    expect(replayLines(many, colours())).toHaveLength(2);
  });

  it('end in counts and speed', () => {
    expect(summaryLine([fits, fits, diverged, foreign], { wallMs: 100, cpuMs: 80 })).toBe(
      '4 histories: 2 fit today’s code, 1 diverged, 1 could not be replayed (40.0/s, 20 ms of CPU each)',
    );
    expect(summaryLine([unreadable], { wallMs: 100, cpuMs: 80 })).toContain('1 history: 0 fit');
  });
});
