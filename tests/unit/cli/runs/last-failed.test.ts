import { expect, test } from 'vitest';

import { lastFailed } from '../../../../src/cli/runs/last-failed.ts';
import { withLeaks } from '../../../../src/cli/runs/run-suite.ts';
import { leftBehind } from '../../../../src/cli/runs/leaks.ts';
import type { RunState, Verdict } from '../../../../src/contracts/runs.ts';
import { SCENARIOS } from '../../../../src/contracts/scenarios/index.ts';
import { passedRun, rolledBackRun } from '../../../fixtures/runs.ts';

const run = (scenario: string, verdict: Verdict | null, hour: number): RunState =>
  passedRun({ scenario, verdict, startedAt: `2026-11-22T${String(hour)}:00:00.000Z` });
const names = (...runs: RunState[]): string[] => lastFailed(SCENARIOS, runs).map(({ name }) => name);

test('the last run of each decides, in the order of the catalogue', () => {
  expect(
    names(
      run('rollback', 'failed', 12),
      run('quantization', 'failed', 10),
      run('quantization', 'passed', 11),
      run('spot-migration', 'inconclusive', 13),
      run('spot-migration', 'passed', 12),
      run('rightsizing', 'infra-error', 10),
    ),
  ).toEqual(['spot-migration', 'rollback', 'rightsizing']);
});

test('drills, cancelled and unfinished runs say nothing', () => {
  const drill = { ...rolledBackRun(), startedAt: '2026-11-22T23:00:00.000Z' };
  const red = run('rollback', 'failed', 10);
  expect(names(red, run('spot-migration', 'passed', 10), drill)).toEqual(['rollback']);
  expect(names(red, run('rollback', 'cancelled', 11), run('rollback', null, 12))).toEqual(['rollback']);
});

test.each([
  [[], 'No run of them is recorded yet'],
  [[run('rollback', 'passed', 10)], '1 of the 25 scenarios meant have a recorded run'],
])('%# when nothing failed it says so', (runs, hint) => {
  expect(() => lastFailed(SCENARIOS, runs)).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining(hint) as string }) as Error,
  );
});

test('a green suite that left something is infrastructure, a red one stays red', () => {
  expect(withLeaks(0, [])).toBe(0);
  expect(withLeaks(0, ['site: site_1'])).toBe(3);
  expect(withLeaks(1, ['site: site_1'])).toBe(1);
  expect(withLeaks(4, ['site: site_1'])).toBe(4);
});

test('what stood before is not left behind, what came since is', () => {
  expect(leftBehind(new Set(['a', 'b']), new Set(['b', 'd', 'c']))).toEqual(['c', 'd']);
  expect(leftBehind(new Set(['a']), new Set())).toEqual([]);
});
