import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { RUN_SCHEMA_ID, SUITE_SCHEMA_ID } from '../../../src/reporting/documents/ids.ts';
import { publishRun } from '../../../src/reporting/publish-run.ts';
import { publishSuite } from '../../../src/reporting/publish-suite.ts';
import { sampleHistory } from '../../fixtures/histories.ts';
import { junitFaults } from '../../fixtures/junit-schema.ts';
import { strayFigures } from '../../fixtures/page-figures.ts';
import { passedRun } from '../../fixtures/runs.ts';
import { mixedSuite } from '../../fixtures/sample-suites.ts';
import { command } from './capture.ts';

const project = vi.hoisted(() => ({ root: '' }));
vi.mock('../../../src/environment/index.ts', () => ({
  get PROJECT_ROOT() {
    return project.root;
  },
}));

const surroundings = { temporalUi: 'http://127.0.0.1:8233', timeScale: 60 };
const EARLIER = passedRun({ runId: '20261121-090000-a1b2', startedAt: '2026-11-21T09:00:00.000Z' });
const { suite, runs } = mixedSuite();

const stateDirectory = (): string => join(project.root, '.e2e');
const pageOf = (kind: 'runs' | 'suites', id: string): string =>
  join(stateDirectory(), kind, id, 'report.html');

beforeEach(async () => {
  project.root = await mkdtemp(join(tmpdir(), 'reports-'));
  for (const run of runs) {
    await publishRun({ run: { ...run, evidenceFile: null }, stateDirectory: stateDirectory(), surroundings });
  }
  await publishSuite({ suite, stateDirectory: stateDirectory(), surroundings, history: sampleHistory() });
  await publishRun({
    run: { ...EARLIER, evidenceFile: null },
    stateDirectory: stateDirectory(),
    surroundings,
  });
});
afterEach(() => rm(project.root, { recursive: true }));

describe('e2e report of a suite', () => {
  it('is of the last one without an id: what started last, whatever was written last', async () => {
    const page = pageOf('suites', suite.suiteId);
    await rm(page);
    const { code, output } = await command('report');
    expect({ code, output }).toEqual({ code: 0, output: `${page}\n` });
    expect(await readFile(page, 'utf8')).toContain('nightly');
  });

  it('keeps what earlier runs said when it ended', async () => {
    await command('report', suite.suiteId);
    expect(await readFile(pageOf('suites', suite.suiteId), 'utf8')).toContain('svg class="spark"');
  });

  it('gives JUnit, Markdown and JSON on standard output', async () => {
    const of = async (format: string): Promise<string> =>
      (await command('report', 'last', '--format', format)).output;
    expect(junitFaults(await of('junit'))).toEqual([]);
    expect(await of('markdown')).toContain('### ❌ nightly: failed');
    const json = await of('json');
    expect(JSON.parse(json)).toMatchObject({ $schema: SUITE_SCHEMA_ID, suite: { suiteId: suite.suiteId } });
    expect(strayFigures(await readFile(pageOf('suites', suite.suiteId), 'utf8'), json)).toEqual([]);
  });
});

describe('e2e report of a run', () => {
  it('takes the beginning of an id and gives every format', async () => {
    const of = async (format: string): Promise<string> =>
      (await command('report', '20261121', '--format', format)).output;
    expect(junitFaults(await of('junit'))).toEqual([]);
    expect(await of('markdown')).toMatch(/^### ✅ /);
    const json = await of('json');
    expect(JSON.parse(json)).toMatchObject({ $schema: RUN_SCHEMA_ID, run: { runId: EARLIER.runId } });
    expect(strayFigures(await readFile(pageOf('runs', EARLIER.runId), 'utf8'), json)).toEqual([]);
  });

  it('writes to a file where one is named', async () => {
    for (const format of ['html', 'junit', 'markdown', 'json']) {
      const path = join(project.root, `report.${format}`);
      const { code, output } = await command('report', EARLIER.runId, '--format', format, '--output', path);
      expect({ code, output }).toEqual({ code: 0, output: `${path}\n` });
      expect((await readFile(path, 'utf8')).length).toBeGreaterThan(500);
    }
  });
});

describe('e2e report refuses', () => {
  it.each([
    [['report', 'zzz'], 2, 'no recorded run or suite zzz', 'Nearest: '],
    [['report', '20261122-140133-o45r-0'], 2, 'is the beginning of', 'Type more of it'],
    [['report', '--format', 'junt'], 2, '--format: "junt" is none of', 'Did you mean `junit`?'],
    [['report', '--format', 'json', '--open'], 2, '--open shows a page, not json', 'Leave out --format'],
    [['report', '--output', '/no/such/place/x'], 2, 'cannot be written', 'Name a file in a directory'],
  ] as const)('%j in one line, with what comes next', async (words, code, what, next) => {
    const result = await command(...words);
    expect(result.code).toBe(code);
    expect(result.errors).toContain(what);
    expect(result.errors).toContain(next);
  });

  it('when nothing is recorded', async () => {
    await rm(stateDirectory(), { recursive: true });
    const { code, errors } = await command('report');
    expect(code).toBe(2);
    expect(errors).toContain('there is none yet');
  });

  it('a record that is broken, and leaves its page', async () => {
    await writeFile(join(stateDirectory(), 'suites', suite.suiteId, 'suite.json'), '{"items"');
    const { code, errors } = await command('report', suite.suiteId);
    expect(code).toBe(3);
    expect(errors).toContain('[RECORD_UNREADABLE]');
    expect(existsSync(pageOf('suites', suite.suiteId))).toBe(true);
  });
});
