import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { historyOf } from '../../../activities/suite.ts';
import { publishSuite } from '../../../src/reporting/publish-suite.ts';
import { readRunsOfSuite, readSuiteFiles } from '../../../src/reporting/suite-files.ts';
import { publishRun } from '../../../src/reporting/publish-run.ts';
import { sampleHistory } from '../../fixtures/histories.ts';
import { mixedSuite } from '../../fixtures/sample-suites.ts';

const surroundings = { temporalUi: 'http://127.0.0.1:1', timeScale: 60 };
const { suite, runs } = mixedSuite();
let stateDirectory: string;

beforeEach(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'suites-'));
});
afterEach(() => rm(stateDirectory, { recursive: true }));

const publish = (history = sampleHistory()): Promise<string> =>
  publishSuite({ suite, stateDirectory, surroundings, history });

async function publishRuns(): Promise<void> {
  for (const run of runs)
    await publishRun({ run: { ...run, evidenceFile: null }, stateDirectory, surroundings });
}

describe('publishing a suite', () => {
  it('writes its record and what is made of it, and nothing half-done', async () => {
    await publishRuns();
    const directory = await publish();
    expect(directory).toBe(join(stateDirectory, 'suites', suite.suiteId));
    expect((await readdir(directory)).sort()).toEqual([
      'history.json',
      'junit.xml',
      'report.html',
      'suite.json',
      'summary.md',
      'surroundings.json',
    ]);
    expect(await readSuiteFiles(join(stateDirectory, 'suites'), suite.suiteId)).toEqual({
      suite,
      surroundings,
      history: sampleHistory(),
    });
    expect(await readFile(join(directory, 'report.html'), 'utf8')).toContain('observed <b>rolled_back</b>');
    expect(await readFile(join(directory, 'summary.md'), 'utf8')).toContain('1 blocked');
  });

  it('gives the same bytes again', async () => {
    const read = async (): Promise<string[]> => {
      const directory = await publish();
      const names = (await readdir(directory)).sort();
      return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
    };
    expect(await read()).toEqual(await read());
  });

  it('says how many records of runs are not here or broken', async () => {
    await publishRuns();
    const [first, second] = runs;
    await rm(join(stateDirectory, 'runs', first!.runId), { recursive: true });
    await writeFile(join(stateDirectory, 'runs', second!.runId, 'run.json'), '{"phases"');
    expect(await readRunsOfSuite(join(stateDirectory, 'runs'), suite)).toHaveLength(runs.length - 2);
    const page = await readFile(join(await publish(), 'report.html'), 'utf8');
    expect(page.replaceAll(/<[^>]+>/g, '')).toContain('8 runs ended, 6 of them recorded here');
  });
});

describe('the record of a suite', () => {
  const read = (): Promise<unknown> => readSuiteFiles(join(stateDirectory, 'suites'), suite.suiteId);

  it.each(['{"items"', '{}', '{"suiteId":"another","items":[]}', 'null'])(
    'that is not one is refused: %s',
    async (text) => {
      await mkdir(join(stateDirectory, 'suites', suite.suiteId), { recursive: true });
      await writeFile(join(stateDirectory, 'suites', suite.suiteId, 'suite.json'), text);
      await expect(read()).rejects.toMatchObject({ code: 'RECORD_UNREADABLE' });
    },
  );

  it('without a history says so', async () => {
    await rm(join(await publish(), 'history.json'));
    expect(await read()).toMatchObject({
      history: { missing: 'there is no history.json beside the record of the suite.' },
    });
  });
});

describe('the history of a suite', () => {
  it('is asked for its scenarios, each once', async () => {
    const asked: unknown[] = [];
    const summary = async (span: unknown): Promise<ReturnType<typeof sampleHistory>> => {
      asked.push(span);
      return sampleHistory();
    };
    const twice = { ...suite, items: [...suite.items, ...suite.items] };
    expect(await historyOf({ summary }, twice)).toEqual(sampleHistory());
    expect(asked).toEqual([{ scenarios: suite.items.map(({ scenario }) => scenario), last: 50 }]);
  });

  it('that does not answer is said, and the suite has its page', async () => {
    const summary = (): Promise<never> => Promise.reject(new Error('ClickHouse is gone'));
    expect(await historyOf({ summary }, suite)).toEqual({ missing: 'ClickHouse is gone' });
  });
});
