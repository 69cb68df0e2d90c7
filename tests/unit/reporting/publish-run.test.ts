import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { publishRun } from '../../../src/reporting/publish-run.ts';
import { readEvidence } from '../../../src/reporting/read-evidence.ts';
import { passedEvidence } from '../../fixtures/run-evidence.ts';
import { passedRun } from '../../fixtures/runs.ts';

const surroundings = { temporalUi: 'http://127.0.0.1:8233', timeScale: 60 };
let stateDirectory: string;

beforeEach(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'publish-'));
});
afterEach(async () => {
  await rm(stateDirectory, { recursive: true });
});

async function keep(text: string, hash = createHash('sha256').update(text).digest('hex')): Promise<string> {
  await mkdir(join(stateDirectory, 'evidence'), { recursive: true });
  await writeFile(join(stateDirectory, 'evidence', `${hash}.json`), text);
  return hash;
}

describe('publishing a run', () => {
  it('writes the record, the page and JUnit, and nothing half-done', async () => {
    const run = passedRun({ evidenceFile: await keep(JSON.stringify(passedEvidence())) });
    const directory = await publishRun({ run, stateDirectory, surroundings });
    expect(directory).toBe(join(stateDirectory, 'runs', run.runId));
    expect((await readdir(directory)).sort()).toEqual([
      'junit.xml',
      'report.html',
      'run.json',
      'surroundings.json',
    ]);
    expect(JSON.parse(await readFile(join(directory, 'run.json'), 'utf8'))).toEqual(run);
    expect(JSON.parse(await readFile(join(directory, 'surroundings.json'), 'utf8'))).toEqual(surroundings);
    expect(await readFile(join(directory, 'report.html'), 'utf8')).toContain('Traffic share of each node');
  });

  it('gives the same bytes again', async () => {
    const run = passedRun({ evidenceFile: await keep(JSON.stringify(passedEvidence())) });
    const read = async (): Promise<string[]> => {
      const directory = await publishRun({ run, stateDirectory, surroundings });
      const names = (await readdir(directory)).sort();
      return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
    };
    expect(await read()).toEqual(await read());
  });

  it('makes the page without curves when their file is gone, and says so', async () => {
    const directory = await publishRun({ run: passedRun(), stateDirectory, surroundings });
    expect(await readFile(join(directory, 'report.html'), 'utf8')).toContain('is gone');
  });
});

describe('the evidence file', () => {
  it('is what was written', async () => {
    const hash = await keep(JSON.stringify(passedEvidence()));
    expect(await readEvidence(stateDirectory, hash)).toEqual(passedEvidence());
  });

  it('is not shown when its bytes are not those of the run', async () => {
    const hash = await keep(JSON.stringify(passedEvidence()), 'a'.repeat(64));
    expect(await readEvidence(stateDirectory, hash)).toEqual({
      missing: `Not shown: the evidence file ${hash}.json was changed after the run.`,
    });
  });

  it('was never written by a run that ended early', async () => {
    expect(await readEvidence(stateDirectory, null)).toMatchObject({
      missing: expect.stringContaining('ended before') as string,
    });
  });

  it('throws what is no missing file', async () => {
    await mkdir(join(stateDirectory, 'evidence', 'b.json'), { recursive: true });
    await expect(readEvidence(stateDirectory, 'b')).rejects.toThrow('EISDIR');
  });
});
