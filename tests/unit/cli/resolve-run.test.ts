import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { recordedRunsAndSuites } from '../../../src/cli/runs/known-runs.ts';
import { resolveAmong, type Known } from '../../../src/cli/runs/resolve-run.ts';
import { describeError, OptiInfraError } from '../../../src/support/errors.ts';

const known = (kind: Known['kind'], id: string, atMs: number): Known => ({
  kind,
  id,
  atMs,
  workflowId: null,
});
const ALL = [
  known('run', '20261128-100000-aaaa', 1),
  known('suite', '20261128-110000-bbbb', 2),
  known('run', '20261128-110000-bbbb-01', 3),
  known('run', '20261128-110000-bbbb-02-2', 4),
  known('run', '20261128-113000-cccc', 3),
];

test.each([
  ['20261128-100000-aaaa', '20261128-100000-aaaa'],
  ['20261128-10', '20261128-100000-aaaa'],
  // The runs of a suite begin like the suite: it is what is meant.
  ['20261128-110000', '20261128-110000-bbbb'],
  ['20261128-110000-bbbb', '20261128-110000-bbbb'],
  ['20261128-110000-bbbb-02', '20261128-110000-bbbb-02-2'],
  ['last', '20261128-113000-cccc'],
])('%s means %s', (typed, id) => {
  expect(resolveAmong(typed, ALL).id).toBe(id);
});

test.each([
  [
    '20261128',
    '20261128 is the beginning of 3 ids',
    'Type more of it: 20261128-100000-aaaa, 20261128-110000-bbbb',
  ],
  ['cccc', 'no run or suite cccc', 'Nearest: 20261128-113000-cccc'],
  ['20261128-100000-aaab', 'no run or suite 20261128-100000-aaab', 'Nearest: 20261128-100000-aaaa'],
  ['', 'no run or suite', '`e2e show` lists all.'],
])('%s is refused', (typed, said, hint) => {
  const refusal = refusalOf(() => resolveAmong(typed, ALL));
  expect(refusal.code).toBe('UNKNOWN_RUN');
  expect(describeError(refusal)).toContain(said);
  expect(refusal.hint).toContain(hint);
});

test.each(['last', 'x'])('where nothing is, %s is nothing', (typed) => {
  expect(refusalOf(() => resolveAmong(typed, [])).hint).toContain('`e2e run <scenario>` makes one');
});

function refusalOf(work: () => unknown): OptiInfraError {
  try {
    work();
  } catch (error) {
    if (error instanceof OptiInfraError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

let stateDirectory: string;
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'known-'));
});
afterAll(() => rm(stateDirectory, { recursive: true }));

test('what is recorded is known, a directory without a record is not', async () => {
  expect(await recordedRunsAndSuites(stateDirectory)).toEqual([]);
  for (const [place, file] of [
    ['runs/r1', 'run.json'],
    ['runs/half', 'report.html'],
    ['suites/s1', 'suite.json'],
  ] as const) {
    await mkdir(join(stateDirectory, place), { recursive: true });
    await writeFile(join(stateDirectory, place, file), '{}');
  }
  const found = await recordedRunsAndSuites(stateDirectory);
  expect(found.map(({ kind, id }) => [kind, id])).toEqual([
    ['run', 'r1'],
    ['suite', 's1'],
  ]);
});
