import { expect, test } from 'vitest';

import { nextItem } from '../../../src/contracts/suite-turns.ts';
import {
  outcomeOf,
  stopsTheSuite,
  suiteExitCode,
  suiteVerdictOf,
} from '../../../src/contracts/suite-verdict.ts';
import {
  SUITE_OUTCOMES,
  type RunSummary,
  type SuiteItem,
  type SuiteOutcome,
} from '../../../src/contracts/suites.ts';
import type { Verdict } from '../../../src/contracts/runs.ts';

const tries = (...verdicts: Verdict[]) => verdicts.map((verdict) => ({ verdict }) as RunSummary);

test.each<[Verdict[], SuiteOutcome | null]>([
  [[], null],
  [['passed'], 'passed'],
  [['failed', 'passed'], 'flaky'],
  [['infra-error', 'passed'], 'flaky'],
  [['passed', 'failed'], 'failed'],
  [['failed', 'failed'], 'failed'],
  [['failed', 'cancelled'], 'cancelled'],
])('tries %j make %s', (verdicts, outcome) => {
  expect(outcomeOf(tries(...verdicts))).toBe(outcome);
});

function items(...outcomes: (SuiteOutcome | null | SuiteItem['blockedFor'])[]): SuiteItem[] {
  return outcomes.map((each, index) => {
    const cause = each === 'requirement' || each === 'red-run' ? each : null;
    return {
      number: index + 1,
      scenario: 's',
      repetition: 1,
      seed: 1,
      status: each === null ? 'waiting' : 'finished',
      outcome: cause === null ? (each as SuiteOutcome | null) : 'blocked',
      runIds: [],
      runs: [],
      blockedBy: null,
      ...(cause === null ? {} : { blockedFor: cause }),
    };
  });
}

test.each<[SuiteItem[], string[], Verdict]>([
  [items('passed', 'passed'), [], 'passed'],
  [items('passed', 'flaky'), [], 'inconclusive'],
  [items('passed', 'inconclusive'), [], 'inconclusive'],
  [items('passed', 'infra-error', 'inconclusive'), [], 'infra-error'],
  [items('passed', 'failed', 'infra-error'), [], 'failed'],
  [items('passed', 'requirement'), [], 'infra-error'],
  // A blocked item of which nobody knows the cause is the environment's fault too.
  [items('passed', 'blocked'), [], 'infra-error'],
  [items('inconclusive', 'red-run'), [], 'inconclusive'],
  [items('failed', 'red-run'), [], 'failed'],
  [items('passed', 'cancelled'), [], 'cancelled'],
  [items('passed'), ['report · pages: the disk is full'], 'infra-error'],
  [items('failed'), ['report · pages: the disk is full'], 'failed'],
  [items('passed', null), [], 'inconclusive'],
  [items(), [], 'inconclusive'],
])('%# a suite is no better than its worst item', (all, errors, verdict) => {
  expect(suiteVerdictOf(all, errors)).toBe(verdict);
});

test('the one way to pass is that every item passed', () => {
  for (const outcome of SUITE_OUTCOMES) {
    const verdict = suiteVerdictOf(items('passed', outcome), []);
    expect(verdict === 'passed').toBe(outcome === 'passed');
  }
});

test('fail-fast stops at what is not green, not at what passed in the end or never ran', () => {
  expect(SUITE_OUTCOMES.filter(stopsTheSuite)).toEqual(['failed', 'inconclusive', 'infra-error']);
});

test('flaky items may be allowed, nothing else', () => {
  const flaky = { verdict: 'inconclusive' as const, items: items('passed', 'flaky'), errors: [] };
  expect(suiteExitCode(flaky, false)).toBe(4);
  expect(suiteExitCode(flaky, true)).toBe(0);
  expect(suiteExitCode({ ...flaky, items: items('flaky', 'inconclusive') }, true)).toBe(4);
  expect(suiteExitCode({ ...flaky, errors: ['x'] }, true)).toBe(4);
  expect(suiteExitCode({ ...flaky, items: [] }, true)).toBe(4);
  expect(suiteExitCode({ ...flaky, verdict: 'failed' }, true)).toBe(1);
  expect(suiteExitCode({ ...flaky, verdict: null }, false)).toBe(4);
});

const TAGS: Record<string, string[]> = { a: ['cost'], b: ['cost', 'chaos'], c: [] };
const waiting = (number: number, scenario: string, status: SuiteItem['status'] = 'waiting'): SuiteItem => ({
  ...items(null)[0]!,
  number,
  scenario,
  status,
});
const turn = (all: SuiteItem[], parallel: number, quotas: Record<string, number> = {}) =>
  nextItem(all, { parallel, quotas }, (scenario) => TAGS[scenario] ?? [])?.number ?? null;

test('turns: the scenario that had the fewest, then the first in order', () => {
  expect(turn([waiting(1, 'a'), waiting(2, 'b')], 2)).toBe(1);
  expect(turn([waiting(1, 'a', 'finished'), waiting(2, 'a'), waiting(3, 'b')], 2)).toBe(3);
});

test('nobody has a turn when all places or those of a tag are taken', () => {
  expect(turn([waiting(1, 'a', 'running'), waiting(2, 'c')], 1)).toBeNull();
  expect(turn([waiting(1, 'a', 'running'), waiting(2, 'b')], 2, { cost: 1 })).toBeNull();
  expect(turn([waiting(1, 'a', 'running'), waiting(2, 'b'), waiting(3, 'c')], 2, { cost: 1 })).toBe(3);
  expect(turn([waiting(1, 'a', 'finished')], 1)).toBeNull();
});
