import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { publishRun } from '../../../src/reporting/publish-run.ts';
import type { RunState } from '../../../src/contracts/runs.ts';
import { toTimestamp } from '../../../src/support/clock.ts';
import { inconclusiveRun, passedRun, rolledBackRun, RUN_STARTED_MS } from '../../fixtures/runs.ts';
import { command } from './capture.ts';

const project = vi.hoisted(() => ({ root: '' }));
vi.mock('../../../src/environment/index.ts', () => ({
  get PROJECT_ROOT() {
    return project.root;
  },
}));

const surroundings = { temporalUi: 'http://127.0.0.1:8233', timeScale: 60 };
const started = (minutes: number): string => toTimestamp(RUN_STARTED_MS + minutes * 60_000);
const FIRST = passedRun({ runId: '20261122-140133-o45r' });
const SECOND = rolledBackRun({
  runId: '20261122-150000-k3f9',
  startedAt: started(60),
  finishedAt: started(61),
});

const pathOf = (runId: string, file: string): string => join(project.root, '.e2e', 'runs', runId, file);
const record = (run: RunState): Promise<string> =>
  publishRun({ run, stateDirectory: join(project.root, '.e2e'), surroundings });

beforeEach(async () => {
  project.root = await mkdtemp(join(tmpdir(), 'recorded-'));
});
afterEach(async () => {
  await rm(project.root, { recursive: true });
});

describe('e2e report', () => {
  it('makes the page of the last run anew and prints where it is', async () => {
    await record(SECOND);
    await record(FIRST);
    await rm(pathOf(SECOND.runId, 'report.html'));
    const { code, output } = await command('report');
    expect({ code, output }).toEqual({ code: 0, output: `${pathOf(SECOND.runId, 'report.html')}\n` });
    const page = await readFile(pathOf(SECOND.runId, 'report.html'), 'utf8');
    expect(page).toContain(SECOND.runId);
    expect(page.replaceAll(/<[^>]+>/g, '')).toContain('60 world s in a wall s');
  });

  it('makes the page of a run from before surroundings were kept', async () => {
    await record(FIRST);
    await rm(pathOf(FIRST.runId, 'surroundings.json'));
    expect((await command('report', FIRST.runId)).code).toBe(0);
    expect(await readFile(pathOf(FIRST.runId, 'report.html'), 'utf8')).toContain('not recorded');
  });

  it('refuses an unknown run and names the nearest', async () => {
    await record(FIRST);
    await record(SECOND);
    const { code, errors } = await command('report', '20261122-140133-o45x');
    expect(code).toBe(2);
    expect(errors).toContain('no recorded run or suite 20261122-140133-o45x [UNKNOWN_RUN]');
    expect(errors).toContain(`Nearest: ${FIRST.runId}, ${SECOND.runId}`);
    expect((await command('report', 'k3f9')).errors).toContain(`Nearest: ${SECOND.runId}, ${FIRST.runId}`);
  });

  it('never leaves the directory of runs', async () => {
    await record(FIRST);
    await writeFile(join(project.root, '.e2e', 'run.json'), JSON.stringify(FIRST));
    for (const id of ['..', '../..', `../runs/${FIRST.runId}`, '/etc', '']) {
      expect((await command('report', id)).errors).toContain('[UNKNOWN_RUN]');
    }
    expect(existsSync(join(project.root, '.e2e', 'report.html'))).toBe(false);
  });

  it('says when there is no run yet', async () => {
    const { code, errors } = await command('report');
    expect(code).toBe(2);
    expect(errors).toContain('there is none yet');
  });

  it.each([['{"runId":'], ['null'], ['{}'], [JSON.stringify({ ...FIRST, runId: 'other' })]])(
    'says that a record is broken: %.20s',
    async (text) => {
      await mkdir(pathOf(FIRST.runId, ''), { recursive: true });
      await writeFile(pathOf(FIRST.runId, 'run.json'), text);
      const { code, errors } = await command('report', FIRST.runId);
      expect(code).toBe(3);
      expect(errors).toContain('[RECORD_UNREADABLE]');
      expect(errors).toContain('run.json');
    },
  );
});

describe('e2e show', () => {
  it('lists runs as a table, the last one last, within 80 columns', async () => {
    await record(SECOND);
    await record(FIRST);
    await record(
      inconclusiveRun({ runId: '20261122-130000-aaaa', startedAt: started(-60), finishedAt: started(-59) }),
    );
    const { code, output } = await command('show');
    expect(code).toBe(0);
    expect(output.split('\n')).toEqual([
      'run                   scenario        verdict       phases  gates  took  notes',
      '20261122-130000-aaaa  spot-migration  inconclusive  1/9     0/1    60 s',
      '20261122-140133-o45r  spot-migration  passed        9/9     20/20  41 s',
      '20261122-150000-k3f9  spot-migration  failed        6/9     12/14  60 s  drill',
      '',
    ]);
  });

  it('names records that are broken and lists the others', async () => {
    await record(FIRST);
    await mkdir(pathOf('20261122-000000-bad0', ''), { recursive: true });
    await writeFile(pathOf('20261122-000000-bad0', 'run.json'), '{');
    const { output, errors } = await command('show');
    expect(output).toContain(FIRST.runId);
    expect(errors).toBe('the record of run 20261122-000000-bad0 cannot be read\n');
  });

  it('tells one run as it was told live, without colour or emoji outside of a terminal', async () => {
    await record(FIRST);
    const { output } = await command('show', FIRST.runId);
    expect(output).toContain('PHASE 9: Verifying learning loop...\n');
    expect(output).toContain('SPOT MIGRATION E2E TEST PASSED\n');
    expect(output).toContain(`report    ${pathOf(FIRST.runId, 'report.html')}\n`);
    expect(output).not.toContain('\u001b');
    expect(output).not.toContain('✅');
  });

  it('gives records as JSON, one a line', async () => {
    await record(FIRST);
    await record(SECOND);
    expect(JSON.parse((await command('show', FIRST.runId, '--json')).output)).toEqual(FIRST);
    const lines = (await command('show', '--json')).output.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as RunState).runId)).toEqual([FIRST.runId, SECOND.runId]);
  });

  it('refuses an unknown run and says when there is none', async () => {
    expect((await command('show')).output).toContain('no run is recorded yet');
    const { code, errors } = await command('show', 'nothing-like-it');
    expect(code).toBe(2);
    expect(errors).toContain('there is none yet');
  });
});
