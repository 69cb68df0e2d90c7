import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import type { SuiteState } from '../../../src/contracts/suites.ts';
import { publishSuite } from '../../../src/reporting/publish-suite.ts';

let stateDirectory: string;
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'suites-'));
});
afterAll(() => rm(stateDirectory, { recursive: true }));

test('the record of a suite is what its workflow knew, and a second writing changes nothing', async () => {
  const suite = {
    suiteId: '20261128-225056-16j7',
    verdict: 'failed',
    items: [],
    errors: [],
  } as unknown as SuiteState;
  const surroundings = { temporalUi: 'http://127.0.0.1:1', timeScale: 60 };
  const directory = await publishSuite({ suite, stateDirectory, surroundings });
  await publishSuite({ suite, stateDirectory, surroundings });
  expect(directory).toBe(join(stateDirectory, 'suites', suite.suiteId));
  expect(JSON.parse(await readFile(join(directory, 'suite.json'), 'utf8'))).toEqual(suite);
  expect(JSON.parse(await readFile(join(directory, 'surroundings.json'), 'utf8'))).toEqual(surroundings);
});
