import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { publishAndRecord } from '../../../activities/report.ts';
import type { RunState } from '../../../src/contracts/runs.ts';
import { OptiInfraError } from '../../../src/support/errors.ts';
import { passedRun } from '../../fixtures/runs.ts';

let stateDirectory = '';
beforeEach(() => {
  stateDirectory = mkdtempSync(join(tmpdir(), 'publish-'));
});
afterEach(() => {
  rmSync(stateDirectory, { recursive: true });
});

const run = passedRun({ evidenceFile: null });
const surroundings = { temporalUi: null, timeScale: 60 };

function pagesIn(directory: string) {
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  return {
    record: JSON.parse(read('run.json')) as RunState,
    page: read('report.html'),
    junit: read('junit.xml'),
  };
}

test('a run is written to its pages and, with the time scale, to the history', async () => {
  const recorded: unknown[] = [];
  const history = { record: async (...words: unknown[]) => void recorded.push(words) };
  const published = await publishAndRecord({ run, history, stateDirectory, surroundings });
  expect(published).toEqual({ directory: join(stateDirectory, 'runs', run.runId), problems: [] });
  expect(recorded).toEqual([[run, 60]]);
  expect(pagesIn(published.directory).record).toEqual(run);
});

test('a history that does not take the run is said in the result and on every page; the verdict stays', async () => {
  const cause = new Error('connect ECONNREFUSED');
  const history = {
    record: () =>
      Promise.reject(
        new OptiInfraError('ENGINE_REFUSED', 'the history of runs cannot be written', { cause }),
      ),
  };
  const published = await publishAndRecord({ run, history, stateDirectory, surroundings });
  const [problem = ''] = published.problems ?? [];
  expect(problem).toContain('cannot be written (connect ECONNREFUSED)');
  expect(problem).toContain('e2e history');
  const { record, page, junit } = pagesIn(published.directory);
  expect(record).toEqual({ ...run, errors: [problem] });
  expect(page).toContain('connect ECONNREFUSED');
  expect(junit).toContain('connect ECONNREFUSED');
});
