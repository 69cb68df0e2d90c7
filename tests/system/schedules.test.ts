import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { connectTemporal } from '../../src/cli/runs/temporal.ts';
import { workflowOf } from '../../src/cli/runs/ui-address.ts';
import { readEnvironment } from '../../src/environment/index.ts';
import { anchorNow, createClock } from '../../src/support/clock.ts';
import { waitFor } from '../../src/support/waiting.ts';
import { e2e, remainsOf, startE2e } from './support/e2e-command.ts';

const NAME = 'schedules-test';
const HERE = ['--name', NAME];
const clock = createClock(anchorNow(1));

beforeAll(async () => {
  const { exitCode, errors } = await e2e('up', ...HERE, '--ports', 'auto');
  expect(errors).toBe('');
  expect(exitCode).toBe(0);
});
afterAll(async () => {
  if (remainsOf(NAME).length > 0) await e2e('down', ...HERE);
});

async function schedule(...words: string[]): Promise<string> {
  const { exitCode, output, errors } = await e2e('schedule', ...words, ...HERE);
  expect(errors).toBe('');
  expect(exitCode).toBe(0);
  return output;
}

interface Shown {
  readonly paused: boolean;
  readonly note: string;
  readonly next: readonly string[];
  readonly recent: readonly { readonly suiteId: string; readonly verdict: string }[];
  readonly absent: readonly { readonly due: string; readonly reason: string; readonly detail: string }[];
}

async function shown(name: string): Promise<Shown> {
  return JSON.parse(await schedule('show', name, '--json')) as Shown;
}

async function shownOnce(name: string, condition: (seen: Shown) => boolean): Promise<Shown> {
  return waitFor(
    async () => {
      const seen = await shown(name);
      return condition(seen) ? { done: true, value: seen } : { done: false, observed: seen };
    },
    { condition: `schedule ${name}`, deadlineMs: 120_000, intervalMs: 500, clock },
  );
}

describe('a schedule on the command line', () => {
  it('is made, listed, shown, paused, resumed and deleted; a second of its name is refused', async () => {
    const made = await schedule('create', 'nightly', '--tag', 'e2e', '--time-zone', 'Europe/Berlin');
    expect(made).toContain('0 2 * * * Europe/Berlin');
    expect(made).toMatch(/first at \w{3} \d{4}-\d\d-\d\d 02:00:00 GMT\+[12]/);
    expect(made).toContain('`e2e down` deletes it');
    expect((await shown('nightly')).next).toHaveLength(5);

    const twice = await e2e('schedule', 'create', 'nightly', '--tag', 'e2e', ...HERE);
    expect(twice.exitCode).toBe(2);
    expect(twice.errors).toContain('there is a schedule "nightly" already');
    const nonsense = await e2e(
      'schedule',
      'create',
      'other',
      '--tag',
      'e2e',
      '--cron',
      '0 25 * * *',
      ...HERE,
    );
    expect(nonsense.exitCode).toBe(2);
    expect(nonsense.errors).toContain('Hour is not in range [0-23]');
    const unknown = await e2e('schedule', 'pause', 'nightli', ...HERE);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.errors).toContain('Did you mean `nightly`?');

    await schedule('pause', 'nightly', '--by', 'ada', '--reason', 'the lab moves');
    expect(await schedule('list')).toContain('paused by ada: the lab moves');
    await schedule('resume', 'nightly');
    expect((await shown('nightly')).paused).toBe(false);
    await schedule('delete', 'nightly');
    expect((await e2e('schedule', 'show', 'nightly', ...HERE)).exitCode).toBe(2);
  });

  it('starts a real suite, and a trigger beside it is skipped', async () => {
    await schedule('create', 'quick', 'onboarding-aws', '--pause-on-failure');
    expect(await schedule('trigger', 'quick')).toMatch(/suite quick-\S+ has started/);
    expect(await schedule('trigger', 'quick')).toMatch(
      /skipped, nothing was started: quick-\S+ is still running/,
    );
    const { recent, paused } = await shownOnce('quick', (seen) => seen.recent[0]?.verdict !== 'running');
    expect(recent.map(({ verdict }) => verdict)).toEqual(['passed']);
    expect(paused).toBe(false);
    const page = await e2e('ui', recent[0]?.suiteId ?? '', '--print', ...HERE);
    expect(page.output).toContain('/namespaces/e2e/workflows/e2e-suite-quick-');
    await schedule('delete', 'quick');
  });

  it('pauses after a suite that is not green, and says why', async () => {
    await schedule('create', 'red', 'spot-migration', '--pause-on-failure');
    const started = /suite (\S+) has started/.exec(await schedule('trigger', 'red'))?.[1] ?? '';
    await using temporal = await connectTemporal(readEnvironment(NAME));
    const workflowId = await workflowOf(temporal, started);
    await temporal.client.workflow.getHandle(workflowId).cancel();
    const { note, recent } = await shownOnce('red', (seen) => seen.paused);
    expect(note).toContain('paused due to workflow failure');
    expect(note).toMatch(/suite red-\S+ is \S+, not passed/);
    expect(recent[0]?.verdict).not.toBe('passed');
    await schedule('delete', 'red');
  });

  it('shows runs that were due in a pause as absent, and a backfill starts them', async () => {
    await schedule(
      'create',
      'often',
      'onboarding-aws',
      '--every',
      '1s',
      '--paused',
      '--overlap',
      'allow-all',
    );
    const { absent } = await shownOnce('often', (seen) => seen.absent.length >= 2);
    expect(absent[0]).toMatchObject({ reason: 'paused', detail: 'paused when it was made' });
    const from = new Date(Date.parse(absent[0]?.due ?? '') - 100).toISOString();
    const to = new Date(Date.parse(absent[0]?.due ?? '') + 100).toISOString();
    expect(await schedule('backfill', 'often', '--from', from, '--to', to)).toContain('1 suite starts, for');
    await shownOnce('often', (seen) => seen.recent.length === 1);
    expect(await schedule('backfill', 'often', '--from', from, '--to', to)).toContain('nothing is missing');
    await shownOnce('often', (seen) => seen.recent[0]?.verdict === 'passed');
    await schedule('delete', 'often');
  });
});

describe('demo customers', () => {
  it('are made once and can log in', async () => {
    const first = await e2e('init-data', '--fleet', 'small', ...HERE);
    expect(first).toMatchObject({ exitCode: 0, errors: '' });
    expect(first.output).toContain('small-models.demo@e2e.example  fleet small\n');
    const file = join(readEnvironment(NAME).directory, 'demo-customers.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const known = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { password: string }>;
    const [email = '', credentials] = Object.entries(known)[0] ?? [];
    expect(first.output).not.toContain(credentials?.password);
    const { orchestrator } = readEnvironment(NAME).urls;
    const login = await fetch(`${orchestrator}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: credentials?.password }),
    });
    expect(login.status).toBe(200);

    expect((await e2e('init-data', '--fleet', 'small', ...HERE)).output).toContain('fleet small, was there');
  });

  it('and schedules of people are not what a suite beside them leaves behind', async () => {
    const running = startE2e(['run', 'onboarding-aws', '--parallel', '1', ...HERE]);
    const [made] = await Promise.all([
      e2e('init-data', '--fleet', 'medium', ...HERE),
      schedule('create', 'meanwhile', 'onboarding-aws'),
    ]);
    expect(made.exitCode).toBe(0);
    const { exitCode, errors } = await running.result;
    expect(errors).not.toContain('left behind');
    expect(exitCode).toBe(0);
  });

  it('are removed', async () => {
    expect((await e2e('init-data', '--remove', ...HERE)).output).toContain('Small Models');
    expect((await e2e('init-data', '--remove', ...HERE)).output).toContain('there is no demo fleet here');
  });
});
