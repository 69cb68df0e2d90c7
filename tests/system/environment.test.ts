import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  checkHealth,
  connectEnvironment,
  killProcess,
  PROJECT_ROOT,
  readEnvironment,
  restartProcess,
} from '../../src/environment/index.ts';
import { isFree } from '../../src/environment/ports.ts';
import { identify } from '../../src/environment/processes/identity.ts';
import { environmentPaths } from '../../src/environment/state/paths.ts';
import { identityOf } from '../../src/environment/state/environment-handle.ts';
import { anchorNow, createClock } from '../../src/support/clock.ts';
import { waitFor } from '../../src/support/waiting.ts';
import { e2e, remainsOf, startE2e } from './support/e2e-command.ts';

const NAME = 'system-test';
const TWIN = 'system-test-twin';
const clock = createClock(anchorNow(1));
let scratch = '';

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'environment-'));
});

afterEach(async () => {
  for (const name of [NAME, TWIN]) if (remainsOf(name).length > 0) await e2e('down', '--name', name);
  rmSync(scratch, { recursive: true });
});

function up(only: string, name = NAME): string[] {
  return ['up', '--name', name, '--ports', 'auto', '--only', only];
}

/** A `redis-server` that comes first on the path and does what the script says. */
function fakeRedis(script: string): NodeJS.ProcessEnv {
  writeFileSync(join(scratch, 'redis-server'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${scratch}:${process.env['PATH'] ?? ''}` };
}

async function launchedRedis() {
  return waitFor(
    async () => {
      const identity = identityOf(environmentPaths(PROJECT_ROOT, NAME), 'redis');
      return identity === undefined
        ? { done: false, observed: 'no process' }
        : { done: true, value: identity };
    },
    { condition: 'the launch of redis', deadlineMs: 20_000, intervalMs: 20, clock },
  );
}

describe('an environment', () => {
  it('goes up, is healthy, and goes down without a trace', async () => {
    const started = await e2e(...up('postgres,redis,aws,temporal'));
    expect(started).toMatchObject({ exitCode: 0, errors: '' });
    expect(started.output).toContain('4 processes');

    const { ports, directory, processIds } = readEnvironment(NAME);
    expect(Object.keys(processIds).sort()).toEqual(['aws', 'postgres', 'redis', 'temporal']);
    expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600);
    const health = await e2e('health', '--name', NAME, '--json');
    expect(health.exitCode).toBe(0);
    const { processes } = JSON.parse(health.output) as { processes: { name: string; healthy: boolean }[] };
    expect(processes.map(({ name, healthy }) => [name, healthy])).toEqual([
      ['postgres', true],
      ['redis', true],
      ['aws', true],
      ['temporal', true],
    ]);

    expect(await e2e('down', '--name', NAME)).toMatchObject({ exitCode: 0 });
    expect(remainsOf(NAME)).toEqual([]);
    expect(Object.values(processIds).filter((pid) => identify(pid) !== undefined)).toEqual([]);
    for (const port of Object.values(ports)) expect(await isFree(port)).toBe(true);
    expect(await e2e('down', '--name', NAME)).toMatchObject({ exitCode: 3 });
  });

  it('stays as it is at a second up with the same settings, and refuses other ones', async () => {
    expect((await e2e(...up('redis'))).exitCode).toBe(0);
    const { processIds } = readEnvironment(NAME);
    const again = await e2e(...up('redis'));
    expect(again.exitCode).toBe(0);
    expect(again.output).toContain('already up and healthy');
    expect(readEnvironment(NAME).processIds).toEqual(processIds);

    const other = await e2e(...up('redis'), '--time-scale', '1');
    expect(other.exitCode).toBe(3);
    expect(other.errors).toContain('--time-scale is 60, asked 1');
    expect(other.errors).toContain(`e2e down --name ${NAME}`);
  });

  it('lives beside another one', async () => {
    const both = await Promise.all([e2e(...up('redis,postgres')), e2e(...up('redis,postgres', TWIN))]);
    expect(both.map(({ exitCode, errors }) => ({ exitCode, errors }))).toEqual([
      { exitCode: 0, errors: '' },
      { exitCode: 0, errors: '' },
    ]);
    const mine = Object.values(readEnvironment(NAME).ports);
    expect(Object.values(readEnvironment(TWIN).ports).filter((port) => mine.includes(port))).toEqual([]);
    await e2e('down', '--name', TWIN);
    const rows = await checkHealth(connectEnvironment(NAME));
    expect(rows.map(({ name, healthy }) => [name, healthy])).toEqual([
      ['postgres', true],
      ['redis', true],
    ]);
  });

  it('keeps data and secrets when asked, and world time never goes back', async () => {
    await e2e(...up('redis'));
    const before = connectEnvironment(NAME);
    const worldMs = createClock(before.descriptor.anchor).worldMs();
    await withRedis(before.descriptor.urls.redis, async (redis) => redis.set('kept', 'yes'));
    await e2e('down', '--name', NAME, '--keep-data');
    expect((await e2e('health', '--name', NAME)).exitCode).toBe(3);
    expect((await e2e(...up('redis'))).exitCode).toBe(0);
    const after = connectEnvironment(NAME);
    expect(after.secrets).toEqual(before.secrets);
    expect(after.descriptor.anchor.worldMs).toBeGreaterThanOrEqual(worldMs);
    expect(await withRedis(after.descriptor.urls.redis, async (redis) => redis.get('kept'))).toBe('yes');
  });
});

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

describe('a start that cannot succeed', () => {
  it('refuses a busy port by number and process, and leaves nothing', async () => {
    const server = createServer();
    if (await isFree(6380)) {
      await new Promise<void>((resolve) => server.listen(6380, '127.0.0.1', resolve));
    }
    try {
      const result = await e2e('up', '--name', NAME, '--only', 'redis');
      expect(result.exitCode).toBe(3);
      expect(result.errors).toMatch(/port 6380 of redis is held by process \d+/);
      expect(result.errors).toContain('--ports auto');
      expect(remainsOf(NAME)).toEqual([]);
    } finally {
      server.close();
    }
  });

  it('shows the last log lines of a process that dies, and stops the others', async () => {
    const fake = fakeRedis('echo "cannot open the frobnicator" >&2\nexit 9');
    const result = await startE2e(up('postgres,redis,temporal'), fake).result;
    expect(result.exitCode).toBe(3);
    expect(result.errors).toContain('redis ended while it was starting (exit code 9)');
    expect(result.errors).toContain('cannot open the frobnicator');
    expect(result.errors).toContain('mend:');
    expect(remainsOf(NAME)).toEqual([]);
  });

  it('names a program that cannot be executed', async () => {
    const fake = { PATH: `${scratch}:${process.env['PATH'] ?? ''}` };
    writeFileSync(join(scratch, 'redis-server'), 'neither script nor program', { mode: 0o755 });
    const result = await startE2e(up('redis'), fake).result;
    expect(result.exitCode).toBe(3);
    expect(result.errors).toContain('redis');
    expect(result.errors).toContain(join(scratch, 'redis-server'));
    expect(remainsOf(NAME)).toEqual([]);
  });

  it('is undone by Ctrl-C', async () => {
    const launcher = startE2e(up('redis'), fakeRedis('exec sleep 600'));
    const redis = await launchedRedis();
    process.kill(launcher.pid, 'SIGINT');
    expect(await launcher.result).toMatchObject({ exitCode: 130 });
    expect(identify(redis.pid)).toBeUndefined();
    expect(remainsOf(NAME)).toEqual([]);
  });

  it('is swept at the next up when the launcher was killed', async () => {
    const launcher = startE2e(up('redis'), fakeRedis('exec sleep 600'));
    const abandoned = await launchedRedis();
    process.kill(launcher.pid, 'SIGKILL');
    await launcher.result;
    expect(identify(abandoned.pid)).toEqual(abandoned);

    const next = await e2e(...up('redis'));
    expect(next.exitCode).toBe(0);
    expect(next.output).toContain('removed what was left of a start that did not end (1 process)');
    expect(identify(abandoned.pid)).toBeUndefined();
  });

  it('finds a process whose id was never written down', async () => {
    const launcher = startE2e(up('redis'), fakeRedis('exec sleep 600'));
    const abandoned = await launchedRedis();
    process.kill(launcher.pid, 'SIGKILL');
    await launcher.result;
    const paths = environmentPaths(PROJECT_ROOT, NAME);
    rmSync(join(paths.directory, 'processes'), { recursive: true });
    mkdirSync(join(paths.directory, 'processes'));

    expect((await e2e('down', '--name', NAME)).output).toContain('1 process stopped');
    expect(identify(abandoned.pid)).toBeUndefined();
    expect(remainsOf(NAME)).toEqual([]);
  });
});

describe('faults', () => {
  it('kills, sees, and restarts a process on its data', async () => {
    await e2e(...up('postgres,redis'));
    const environment = connectEnvironment(NAME);
    const old = readEnvironment(NAME).processIds['postgres'];
    await killProcess(environment, 'postgres', 'SIGKILL');
    const sick = await e2e('health', '--name', NAME);
    expect(sick.exitCode).toBe(3);
    expect(sick.output).toContain('1 of 2 healthy');
    expect((await e2e(...up('postgres,redis'))).errors).toContain('is up but not healthy: postgres');

    const pid = await restartProcess(environment, 'postgres');
    expect(pid).not.toBe(old);
    expect(readEnvironment(NAME).processIds['postgres']).toBe(pid);
    expect((await e2e('health', '--name', NAME)).exitCode).toBe(0);
    await expect(killProcess(environment, 'worker')).rejects.toThrow('worker does not run');
  });

  it('pauses a process, which then counts as unhealthy, and lets it go on', async () => {
    await e2e(...up('redis'));
    const environment = connectEnvironment(NAME);
    await killProcess(environment, 'redis', 'SIGSTOP');
    expect((await checkHealth(environment)).map(({ healthy }) => healthy)).toEqual([false]);
    await killProcess(environment, 'redis', 'SIGCONT');
    expect((await checkHealth(environment)).map(({ healthy }) => healthy)).toEqual([true]);
  });
});
