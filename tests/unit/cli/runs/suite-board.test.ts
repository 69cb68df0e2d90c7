import { expect, test } from 'vitest';

import type { LiveRun, SuiteView } from '../../../../src/cli/runs/follow-suite.ts';
import {
  boardLines,
  cut,
  span,
  timeLeft,
  type BoardKnowledge,
} from '../../../../src/cli/runs/suite-board.ts';
import {
  createJsonSuiteReporter,
  createPlainSuiteReporter,
  createTerminalSuiteReporter,
} from '../../../../src/cli/runs/suite-reporters.ts';
import { suiteTable, type Paint } from '../../../../src/cli/runs/suite-table.ts';
import { usualDurations } from '../../../../src/cli/runs/usual-durations.ts';
import { estimateFrom } from '../../../../src/reporting/estimate.ts';
import { phaseEventsBetween, suiteEventsBetween } from '../../../../src/reporting/suite-events.ts';
import { passedRun, rolledBackRun, runningRun } from '../../../fixtures/runs.ts';
import { itemOf, mixedSuite, passedSuite, suiteInput, suiteOf } from '../../../fixtures/sample-suites.ts';

const same = (text: string): string => text;
const plain: Paint = { bold: same, dim: same, green: same, red: same, yellow: same };
const tagged: Paint = {
  ...plain,
  green: (text) => `<g>${text}`,
  red: (text) => `<r>${text}`,
  yellow: (text) => `<y>${text}`,
};

/** Two of four have ended, one runs its second try, one waits. */
const running = { ...runningRun(6), runId: '20261122-140133-o45r-03-2' };
const suite = suiteOf(
  null,
  [
    itemOf(1, 'spot-migration', [passedRun()]),
    itemOf(2, 'rightsizing', [rolledBackRun()]),
    itemOf(3, 'spot-migration', [rolledBackRun()], {
      repetition: 2,
      status: 'running',
      outcome: null,
      runIds: ['20261122-140133-o45r-03', running.runId],
    }),
    itemOf(4, 'rollback', [], { status: 'waiting', outcome: null }),
  ],
  { input: suiteInput({ parallel: 1 }) },
);
const live: LiveRun = {
  runId: running.runId,
  run: running,
  step: 'deploy_canary',
  retries: [
    {
      activity: 'monitorExecution',
      attempt: 3,
      failure: 'API_CALL_FAILED:\n GET /optimizations did not answer',
    },
  ],
};
const view: SuiteView = { suite, live: [live] };
const startedMs = Date.parse(running.startedAt);
const knowledge: BoardKnowledge = {
  estimate: estimateFrom([passedRun()]),
  usualMs: new Map([['rollback', 60_000]]),
};
const nothingKnown: BoardKnowledge = { estimate: estimateFrom([]), usualMs: new Map() };

test('the board: progress over all, a line a run, what is tried again with its reason', () => {
  const lines = boardLines(view, knowledge, { nowMs: startedMs + 25_000, columns: 80 });
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^2\/4 done: 1 passed, 1 failed {2}0:25, about \d:\d\d to go$/);
  expect(lines[1]).toMatch(/^spot-migration #2 try 2 {3}6\/9 .*execution.* 0:25 ~\d:\d\d$/i);
  expect(lines[2]).toBe('  try 3 of monitorExecution: API_CALL_FAILED: GET /optimizations did not answer');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

test('a narrow screen cuts, and never wraps', () => {
  for (const columns of [40, 60, 79]) {
    for (const line of boardLines(view, knowledge, { nowMs: startedMs, columns })) {
      expect(line.length).toBeLessThanOrEqual(columns);
    }
  }
});

test('without past runs nothing is promised', () => {
  const [head, line] = boardLines(view, nothingKnown, { nowMs: startedMs + 25_000, columns: 80 });
  expect(head).not.toContain('to go');
  expect(line).toMatch(/0:25$/);
  expect(
    boardLines({ suite, live: [{ ...live, run: null, retries: [] }] }, knowledge, {
      nowMs: 0,
      columns: 80,
    })[1],
  ).toContain('starting');
});

test('the rest is what waits and runs, shared by the places, and at least the longest', () => {
  const waiting = suiteOf(
    null,
    [1, 2, 3].map((number) => itemOf(number, 'rollback', [], { status: 'waiting', outcome: null })),
  );
  const left = (parallel: number) =>
    timeLeft({ suite: { ...waiting, input: suiteInput({ parallel }) }, live: [] }, knowledge, 0);
  expect(left(1)).toBe(180_000);
  expect(left(2)).toBe(90_000);
  expect(left(32)).toBe(60_000);
  expect(timeLeft(view, nothingKnown, startedMs)).toBeNull();
});

test('usual durations: green runs without drills, their median', () => {
  const took = (seconds: number, change = {}) => ({
    ...passedRun(),
    startedAt: '2026-11-22T12:00:00.000Z',
    finishedAt: new Date(Date.parse('2026-11-22T12:00:00.000Z') + seconds * 1_000).toISOString(),
    ...change,
  });
  const runs = [took(10), took(30), took(20), took(999, { verdict: 'failed' as const }), rolledBackRun()];
  expect(usualDurations(runs)).toEqual(new Map([['spot-migration', 20_000]]));
  expect(usualDurations(runs.slice(0, 2))).toEqual(new Map([['spot-migration', 20_000]]));
  expect(usualDurations([]).size).toBe(0);
});

test.each([
  [0, '0:00'],
  [41_400, '0:41'],
  [725_000, '12:05'],
  [3_725_000, '1:02:05'],
  [-5, '0:00'],
])('%i ms read %s', (ms, text) => {
  expect(span(ms)).toBe(text);
});

test('cutting shows that it cut', () => {
  expect(cut('abcdef', 6)).toBe('abcdef');
  expect(cut('abcdef', 5)).toBe('abcd…');
});

function printed(
  make: (write: (text: string) => void) => ReturnType<typeof createPlainSuiteReporter>,
): string {
  let text = '';
  const reporter = make((more) => void (text += more));
  for (const event of suiteEventsBetween(null, mixedSuite().suite)) reporter.report(event);
  reporter.tick?.(view);
  reporter.tick?.(view);
  reporter.warn('the worker is slow to answer');
  reporter.end?.();
  return text;
}

test('without a terminal: plain lines for each begin, try and end, a retry said once', () => {
  const text = printed(createPlainSuiteReporter);
  expect(text).not.toContain('\u001b');
  expect(text).toContain('spot-migration  started as 20261122-140133-o45r-01\n');
  expect(text).toContain('rightsizing  started as 20261122-140133-o45r-02-2, try 2\n');
  expect(text).toMatch(/rightsizing {2}20261122-140133-o45r-02 failed: .*, is tried again/);
  expect(text).toMatch(/rightsizing {2}flaky in 0:\d\d: try 1 failed: /);
  expect(text).toContain('onboarding-gcp  blocked: the environment offers no GCP\n');
  expect(text.match(/try 3 of monitorExecution/g)).toHaveLength(1);
  expect(text).toContain('the worker is slow to answer\n');
});

test('in a terminal: ends stay, coloured, and the board is drawn over itself', () => {
  const text = printed((write) =>
    createTerminalSuiteReporter({
      write,
      columns: () => 80,
      nowMs: () => startedMs + 25_000,
      knowledge,
      paint: tagged,
    }),
  );
  expect(text).toContain('\u001b[');
  expect(text).toContain('<g>spot-migration  passed');
  expect(text).toContain('<y>rightsizing  flaky');
  expect(text).toContain('<r>rollback  failed');
  expect(text).toContain('2/4 done');
  expect(text).toContain('<y>the worker is slow to answer');
});

test('as JSON: one object a line, from the start to the end', () => {
  const lines = printed(createJsonSuiteReporter).trim().split('\n');
  const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types[0]).toBe('suite-started');
  expect(types.at(-2)).toBe('suite-finished');
  expect(types.at(-1)).toBe('warning');
  expect(types.filter((type) => type === 'item-finished')).toHaveLength(7);
});

test('events: what has been told is not told again', () => {
  expect(suiteEventsBetween(suite, suite)).toEqual([]);
  const waiting = {
    ...suite,
    items: suite.items.map((item) => ({ ...item, runIds: [], runs: [], status: 'waiting' as const })),
  };
  expect(suiteEventsBetween(waiting, suite).map(({ type }) => type)).toEqual([
    'try-started',
    'try-finished',
    'item-finished',
    'try-started',
    'try-finished',
    'item-finished',
    'try-started',
    'try-finished',
    'try-started',
  ]);
  expect(phaseEventsBetween(runningRun(3), runningRun(5))).toMatchObject([
    { type: 'phase-finished', phase: { number: 3 } },
    { type: 'phase-finished', phase: { number: 4 } },
  ]);
});

test('the table: a row an item in 80 columns, below it why each is not green', () => {
  const lines = suiteTable(mixedSuite().suite, plain);
  const rows = lines.slice(0, 8);
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(80);
  expect(rows[1]).toMatch(/^ {2}1 {2}spot-migration +passed +\d+\/\d+ +0:\d\d {2}1$/);
  expect(rows[2]).toMatch(/^ {2}2 {2}rightsizing +flaky .* 2$/);
  const text = lines.join('\n');
  expect(text).toMatch(
    /flaky {2}rightsizing {2}20261122-140133-o45r-02 20261122-140133-o45r-02-2\n {2}try 1 failed/,
  );
  expect(text).toContain('blocked  onboarding-gcp\n  the environment offers no GCP');
  expect(lines.at(-1)).toMatch(/^suite 20261122-140133-o45r failed in .*7\/7 done.*seed 7$/);
});

test('a green table gives no reasons, errors outside of items are said', () => {
  const green = suiteTable(passedSuite().suite, tagged);
  expect(green).toHaveLength(5);
  expect(green.at(-1)).toContain('<g>passed');
  const broken = suiteTable({ ...passedSuite().suite, errors: ['report · pages: the disk is full'] }, tagged);
  expect(broken).toContain('<r>error: report · pages: the disk is full');
});
