import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { annotationsOfRun, annotationsOfSuite } from '../../../../src/cli/github/annotations.ts';
import { newsOfRun, newsOfSuite } from '../../../../src/cli/github/news.ts';
import { tellGitHub } from '../../../../src/cli/github/tell-github.ts';
import {
  cancelledRun,
  gate,
  infraErrorRun,
  passedPhases,
  passedRun,
  rolledBackRun,
  runOf,
} from '../../../fixtures/runs.ts';
import { itemOf, mixedSuite, passedSuite, suiteOf } from '../../../fixtures/sample-suites.ts';

let directory: string;
let said: string[];
const say = (line: string): void => void said.push(line);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'github-'));
  said = [];
});
afterEach(() => rm(directory, { recursive: true }));

describe('telling GitHub', () => {
  const news = { markdown: '### red', annotations: ['::error::red'] };

  it('does nothing elsewhere, not even the work', async () => {
    const unwanted = (): never => {
      throw new Error('not asked');
    };
    await tellGitHub(unwanted, { env: {}, say });
    await tellGitHub(unwanted, { env: { GITHUB_STEP_SUMMARY: '', GITHUB_ACTIONS: 'false' }, say });
    expect(said).toEqual([]);
  });

  it('appends to the summary, behind what is there', async () => {
    const path = join(directory, 'summary.md');
    const env = { GITHUB_STEP_SUMMARY: path };
    await tellGitHub(() => news, { env, say });
    await tellGitHub(() => ({ ...news, markdown: '### green' }), { env, say });
    expect(await readFile(path, 'utf8')).toBe('### red\n### green\n');
    expect(said).toEqual([]);
  });

  it('annotates in a job, with and without a summary', async () => {
    await tellGitHub(() => news, { env: { GITHUB_ACTIONS: 'true' }, say });
    expect(said).toEqual(['::error::red']);
  });

  it('says that the summary could not be written, and fails nothing', async () => {
    const path = join(directory, 'no', 'summary.md');
    await tellGitHub(() => news, { env: { GITHUB_STEP_SUMMARY: path }, say });
    expect(said).toEqual([expect.stringMatching(/^the step summary could not be written to .*ENOENT/)]);
  });
});

describe('annotations', () => {
  it('are none for what passed', async () => {
    expect(newsOfRun(passedRun()).annotations).toEqual([]);
    expect((await newsOfSuite(passedSuite().suite, directory)).annotations).toEqual([]);
  });

  it('tell each red gate of a run, what broke, and that it was cancelled', () => {
    expect(annotationsOfRun(rolledBackRun())[0]).toBe(
      '::error title=spot-migration failed::Monitoring execution: optimization-successful expected completed, observed rolled_back (GET /optimizations/{id})',
    );
    expect(annotationsOfRun(infraErrorRun()).join()).toContain('ECONNREFUSED');
    expect(annotationsOfRun(cancelledRun())).not.toEqual([]);
  });

  it('tell each item of a suite that is not green, worst first, a flaky one too', () => {
    const lines = annotationsOfSuite(mixedSuite().suite);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toContain('title=rollback failed::');
    expect(lines.at(-1)).toContain('title=rightsizing flaky::try 1 failed');
  });

  it('are as many as GitHub shows, and say how many more there are', () => {
    const gates = Array.from({ length: 14 }, (_, index) =>
      gate({ gate: `g${String(index)}`, verdict: 'failed' }),
    );
    const [first, ...rest] = passedPhases();
    const run = annotationsOfRun(runOf('failed', [{ ...first!, verdict: 'failed', gates }, ...rest]));
    const items = gates.map(({ gate: name }, index) => itemOf(index + 1, name, [rolledBackRun()]));
    for (const lines of [run, annotationsOfSuite(suiteOf('failed', items))]) {
      expect(lines).toHaveLength(10);
      expect(lines.at(-1)).toContain('5 more are in the summary');
    }
  });

  it('let no text of others become a command or another property', () => {
    const item = itemOf(1, 'a,file=x::b', [], {
      outcome: 'blocked',
      blockedBy: 'x\n::set-output name=a::b%',
    });
    const [line] = annotationsOfSuite(suiteOf('infra-error', [item]));
    expect(line).toBe('::error title=a%2Cfile=x%3A%3Ab blocked::x%0A::set-output name=a::b%25');
  });
});
