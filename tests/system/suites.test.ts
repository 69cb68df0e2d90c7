import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import type { SuiteState } from '../../src/contracts/suites.ts';
import { PROJECT_ROOT } from '../../src/environment/index.ts';
import type { SuiteEvent } from '../../src/reporting/suite-events.ts';
import { anchorNow, createClock } from '../../src/support/clock.ts';
import { waitFor } from '../../src/support/waiting.ts';
import { e2e, remainsOf, startE2e, type RunningCommand } from './support/e2e-command.ts';

/** Suites through the real command line in one real environment: green, red, left and come back to, cancelled. */
const NAME = 'system-suites';
const HERE = ['--name', NAME];
const clock = createClock(anchorNow(1));

beforeAll(async () => {
  if (remainsOf(NAME).length > 0) await e2e('down', ...HERE);
  const up = await e2e('up', ...HERE, '--ports', 'auto');
  expect(up.exitCode, up.errors).toBe(0);
});
afterAll(async () => {
  await e2e('down', ...HERE);
  expect(remainsOf(NAME)).toEqual([]);
});

function eventsIn(output: string): SuiteEvent[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as SuiteEvent);
}

function recordOf(suiteId: string): SuiteState {
  const path = join(PROJECT_ROOT, '.e2e', 'suites', suiteId, 'suite.json');
  return JSON.parse(readFileSync(path, 'utf8')) as SuiteState;
}

const suiteIdIn = (text: string): string => /^suite (\S+)/m.exec(text)?.[1] ?? '';

async function until(command: RunningCommand, pattern: RegExp): Promise<void> {
  await waitFor(
    async () =>
      pattern.test(command.printed())
        ? { done: true, value: null }
        : { done: false, observed: command.printed().slice(-500) },
    { condition: String(pattern), deadlineMs: 120_000, intervalMs: 100, clock },
  );
}

it('a green suite: a line for every end, a table, a record, nothing left behind', async () => {
  const { exitCode, output, errors } = await e2e(
    'run',
    'onboarding-*',
    '--parallel',
    '2',
    '--seed',
    '7',
    ...HERE,
  );
  expect(errors).toBe('');
  expect(exitCode, output).toBe(0);
  expect(output).toMatch(/^suite \S+ {2}onboarding-\*: 2 to run, 2 at a time, seed 7$/m);
  expect(output).toMatch(/^onboarding-aws {2}passed in \d+:\d\d$/m);
  expect(output).toMatch(/ {2}1 {2}onboarding-aws {2}passed/);
  const suite = recordOf(suiteIdIn(output));
  expect(suite).toMatchObject({ verdict: 'passed', items: [{ outcome: 'passed' }, { outcome: 'passed' }] });
  const shown = await e2e('show', suite.suiteId.slice(0, -1));
  expect(shown.output).toContain(`suite ${suite.suiteId} passed`);
  const run = JSON.parse(
    readFileSync(join(PROJECT_ROOT, '.e2e', 'runs', suite.items[0]!.runIds[0]!, 'run.json'), 'utf8'),
  ) as { input: { suiteId?: string } };
  expect(run.input.suiteId).toBe(suite.suiteId);
});

it('a suite that fails is red after its retries, tells it in JSON, and fail-fast blocks the rest', async () => {
  const { exitCode, output, errors } = await e2e(
    ...['run', 'data-transfer', '--set', 'users-send=text', '--json', ...HERE],
    ...['--repeat', '2', '--retries', '1', '--fail-fast'],
  );
  const events = eventsIn(output);
  expect(events.at(0)?.type, errors).toBe('suite-started');
  expect(events.filter(({ type }) => type === 'try-finished')).toHaveLength(2);
  expect(events.at(-1)).toMatchObject({
    type: 'suite-finished',
    suite: { verdict: 'failed', items: [{ outcome: 'failed' }, { blockedFor: 'red-run' }] },
  });
  expect(exitCode).toBe(1);
});

it('a fault strikes in every run of a suite', async () => {
  const fault = 'record-initial-state:{"kind":"stop-traffic"}';
  const { exitCode, output } = await e2e(
    ...['run', 'data-transfer', 'spot-migration', '--parallel', '2', '--fault', fault, ...HERE],
  );
  expect(exitCode).toBe(4);
  expect(output).toContain('2/2 done: 2 inconclusive');
});

it('Ctrl-C leaves a suite to itself, watch comes back to it, cancel ends it clean', async () => {
  const following = startE2e(['run', 'spot-migration', 'rollback', '--parallel', '1', ...HERE]);
  await until(following, /spot-migration {2}1 record-initial-state passed/);
  process.kill(following.pid, 'SIGINT');
  const left = await following.result;
  expect(left.errors).toMatch(/detached; the suite goes on.*e2e watch \S+ --name system-suites/);
  expect(left.exitCode).toBe(130);
  const suiteId = suiteIdIn(left.output);

  const watching = startE2e(['watch', 'last', ...HERE]);
  await until(watching, new RegExp(`suite ${suiteId}`));
  const cancelled = await e2e('cancel', suiteId.slice(0, -1), ...HERE);
  expect(cancelled.exitCode, cancelled.errors).toBe(0);
  expect(cancelled.output).toContain(`suite ${suiteId} is told to stop`);
  expect(cancelled.output).toContain('spot-migration  cancelled');
  expect(cancelled.output).toContain(`suite ${suiteId} cancelled`);
  const watched = await watching.result;
  expect(watched.exitCode).toBe(130);
  expect(watched.output).toContain('the suite was cancelled');
  expect(recordOf(suiteId).items).toMatchObject([{ outcome: 'cancelled' }, { blockedFor: 'cancelled' }]);

  const again = await e2e('cancel', suiteId, ...HERE);
  expect(again.output).toContain('is over already');
  expect(again.exitCode).toBe(0);
});

it('what was cancelled has left nothing: the next suite finds a clean place and is green', async () => {
  const { exitCode, errors } = await e2e('run', 'onboarding-aws', '--retries', '0', ...HERE);
  expect(errors).toBe('');
  expect(exitCode).toBe(0);
});

it('an id that is none, or of several, is refused with what there is', async () => {
  const unknown = await e2e('watch', '20200101-000000-none', ...HERE);
  expect(unknown.errors).toContain('no run or suite 20200101-000000-none');
  expect(unknown.exitCode).toBe(2);
  const ambiguous = await e2e('cancel', '20', ...HERE);
  expect(ambiguous.errors).toMatch(/20 is the beginning of \d+ ids/);
  expect(ambiguous.exitCode).toBe(2);
});
