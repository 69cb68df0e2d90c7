import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import type { RunState } from '../../src/contracts/runs.ts';
import { PROJECT_ROOT } from '../../src/environment/index.ts';
import { anchorNow, createClock } from '../../src/support/clock.ts';
import { waitFor } from '../../src/support/waiting.ts';
import { e2e, remainsOf, type CommandResult } from './support/e2e-command.ts';

/** Attempts and decisions through the real command line in one real environment. */
const NAME = 'system-reruns';
const clock = createClock(anchorNow(1));

beforeAll(async () => {
  if (remainsOf(NAME).length > 0) await e2e('down', '--name', NAME);
  const up = await e2e('up', '--name', NAME, '--ports', 'auto');
  expect(up.exitCode, up.errors).toBe(0);
});

afterAll(async () => {
  await e2e('down', '--name', NAME);
  expect(remainsOf(NAME)).toEqual([]);
});

const here = (...words: string[]): Promise<CommandResult> => e2e(...words, '--name', NAME);
const pathOf = (runId: string, ...names: string[]): string =>
  join(PROJECT_ROOT, '.e2e', 'runs', runId, ...names);
const recordOf = (runId: string, ...names: string[]): RunState =>
  JSON.parse(readFileSync(pathOf(runId, ...names, 'run.json'), 'utf8')) as RunState;

async function start(...options: string[]): Promise<string> {
  const { output, errors, exitCode } = await here('run', 'spot-migration', '--detach', ...options);
  expect(exitCode, errors).toBe(0);
  return output.trim();
}

/** Repeats a command until it says so; a refusal until then is part of the story. */
async function until(words: readonly string[], accepted: (result: CommandResult) => boolean): Promise<void> {
  await waitFor(
    async () => {
      const result = await here(...words);
      return accepted(result) ? { done: true, value: null } : { done: false, observed: result };
    },
    { condition: words.join(' '), deadlineMs: 120_000, intervalMs: 500, clock },
  );
}

it('a run that is red by a fault passes from its red phase once the world is mended', async () => {
  const fault = '{"kind":"stop-traffic"}';
  const runId = await start('--keep-on-red', '10m', '--fault', `record-initial-state:${fault}`);
  const red = await here('watch', runId);
  expect(red.exitCode, red.output).toBe(4);
  expect(red.output).toContain('kept until');
  expect(recordOf(runId)).toMatchObject({ verdict: 'inconclusive', cleanup: 'pending', attempt: 1 });

  const refused = await here('rerun', runId, '--from', 'verify-learning');
  expect(refused.exitCode).toBe(2);
  expect(refused.errors).toContain('never began verify-learning');

  const again = await here('rerun', runId, '--no-faults', '--by', 'dana', '--reason', 'traffic is back');
  expect(again.exitCode, again.output + again.errors).toBe(0);
  const record = recordOf(runId);
  expect(record).toMatchObject({ verdict: 'passed', cleanup: 'done', attempt: 2 });
  expect(record.attempts?.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'passed']);
  expect(recordOf(runId, 'attempts', '1').verdict).toBe('inconclusive');
  expect(readFileSync(pathOf(runId, 'report.html'), 'utf8')).toContain('traffic is back');

  const gone = await here('rerun', runId, '--from', 'validate-savings');
  expect(gone.exitCode).toBe(2);
  expect(gone.errors).toMatch(/its customer cus_\w+ is gone since/);
});

it('a person rejects: the run is red, and a second decision is refused', async () => {
  const runId = await start('--approve', 'manual', '--keep-on-red', '10m');
  const reject = ['approve', runId, '--reject', '--by', 'dana', '--reason', 'not now'];
  await until(reject, ({ exitCode }) => exitCode === 0);
  const watched = await here('watch', runId);
  expect(watched.exitCode, watched.output).toBe(1);
  const late = await here('approve', runId, '--by', 'eli', '--reason', 'yes');
  expect(late.exitCode).toBe(2);
  expect(late.errors).toContain('already decided by dana');
  const again = await here('rerun', runId);
  expect(again.exitCode).toBe(2);
  expect(again.errors).toContain('a recommendation is decided once');
  const notes = recordOf(runId).phases.flatMap((phase) => phase.notes);
  expect(notes.join()).toContain('not now (dana)');
});

it('refuses what cannot be decided or begun again, in one line', async () => {
  const blank = await here('approve', 'x', '--reason', ' ');
  expect([blank.exitCode, blank.errors]).toEqual([2, expect.stringContaining('--reason must say why')]);
  const unknown = await here('approve', '19990101', '--reason', 'yes');
  expect([unknown.exitCode, unknown.errors]).toEqual([
    2,
    expect.stringContaining('no run or suite 19990101'),
  ]);
  const noRun = await here('rerun', '19990101');
  expect([noRun.exitCode, noRun.errors]).toEqual([2, expect.stringContaining('no run or suite 19990101')]);
  const nobody = await here('run', 'customer-journey', '--approve', 'manual');
  expect([nobody.exitCode, nobody.errors]).toEqual([2, expect.stringContaining('asks a person')]);
});
