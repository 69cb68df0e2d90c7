import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { resolveRecorded } from '../../../../src/cli/runs/resolve-recorded.ts';
import { publishRun } from '../../../../src/reporting/publish-run.ts';
import { UNKNOWN_SURROUNDINGS } from '../../../../src/reporting/surroundings.ts';
import { passedRun } from '../../../fixtures/runs.ts';

let stateDirectory = '';
beforeEach(async () => {
  stateDirectory = mkdtempSync(join(tmpdir(), 'meant-'));
  for (const [runId, startedAt] of [
    ['20261122-140133-o45r', '2026-11-22T14:01:35.677Z'],
    ['20261122-150133-aaaa', '2026-11-22T15:01:35.677Z'],
    ['20261122-150133-aaaa-2', '2026-11-22T15:00:35.677Z'],
  ] as const) {
    const run = passedRun({ runId, startedAt, evidenceFile: null });
    await publishRun({ run, stateDirectory, surroundings: UNKNOWN_SURROUNDINGS });
  }
});
afterEach(() => {
  rmSync(stateDirectory, { recursive: true });
});

const meant = async (typed: string) => (await resolveRecorded(typed, stateDirectory, 'run')).id;

test.each([
  ['20261122-140133-o45r', '20261122-140133-o45r'],
  ['20261122-14', '20261122-140133-o45r'],
  ['last', '20261122-150133-aaaa'],
  // A whole id is meant even where another begins with it.
  ['20261122-150133-aaaa', '20261122-150133-aaaa'],
])('%s means %s', async (typed, runId) => {
  expect(await meant(typed)).toBe(runId);
});

test.each(['20261122', '20261122-15'])('%s does not decide between several', async (typed) => {
  await expect(meant(typed)).rejects.toMatchObject({
    code: 'UNKNOWN_RUN',
    message: expect.stringMatching(/is the beginning of [23] ids/) as string,
  });
});

test.each(['', '2027', '../runs/20261122-140133-o45r'])('%j is no run', async (typed) => {
  await expect(meant(typed)).rejects.toMatchObject({ code: 'UNKNOWN_RUN' });
});
