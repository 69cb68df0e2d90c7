import { expect, test } from 'vitest';

import { createBoard } from '../../../src/cli/runs/board.ts';
import { leftBehind } from '../../../src/cli/runs/leaks.ts';
import { worstExitCode, type Ended } from '../../../src/cli/runs/run-many.ts';
import { exitCodeOf } from '../../../src/cli/runs/suite.ts';
import type { Verdict } from '../../../src/contracts/runs.ts';
import { eventsBetween } from '../../../src/reporting/events.ts';
import { rolledBackRun } from '../../fixtures/runs.ts';

test.each<[(Verdict | null)[], number]>([
  [['passed', 'passed'], 0],
  [['passed', 'failed', 'infra-error'], 1],
  [['passed', 'infra-error', 'inconclusive'], 3],
  [['inconclusive', 'passed'], 4],
  [['cancelled', 'passed'], 130],
  [['passed', null], 0],
  [[], 4],
])('%j end as %i', (verdicts, code) => {
  expect(worstExitCode(verdicts)).toBe(code);
});

const ended = (verdict: Verdict): Ended => ({ scenario: 's', runId: 'r', run: null, verdict, problem: null });

test('a green suite that left something is infrastructure, a red one stays red', () => {
  expect(exitCodeOf([ended('passed')], [])).toBe(0);
  expect(exitCodeOf([ended('passed')], ['site: site_1'])).toBe(3);
  expect(exitCodeOf([ended('failed')], ['site: site_1'])).toBe(1);
});

test('what stood before is not left behind, what came since is', () => {
  expect(leftBehind(new Set(['a', 'b']), new Set(['b', 'd', 'c']))).toEqual(['c', 'd']);
  expect(leftBehind(new Set(['a']), new Set())).toEqual([]);
});

function shown(terminal: boolean): string {
  let text = '';
  const board = createBoard({ write: (more) => void (text += more), terminal });
  const run = rolledBackRun();
  const reporter = board.reporterOf(run.scenario, run.runId);
  for (const event of eventsBetween(null, run)) reporter.report(event);
  reporter.end?.();
  board.end();
  return text;
}

test('without a terminal each end is a plain line, and the red gate is named', () => {
  const text = shown(false);
  expect(text).not.toContain('\u001b');
  expect(text).toMatch(/1 record-initial-state passed in \d/);
  expect(text).toMatch(/failed {2}in [a-z-]+: [a-z-]+/);
});

test('in a terminal a run keeps one line, and its end stays', () => {
  const text = shown(true);
  expect(text).toContain('\u001b[');
  expect(text).toMatch(/failed {2}in [a-z-]+/);
});
