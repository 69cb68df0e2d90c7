import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { describe, expect, it } from 'vitest';

import {
  identify,
  isKnown,
  isRunning,
  isUnreaped,
  processesWithVariable,
  processTree,
} from '../../../../src/environment/processes/identity.ts';
import { haltProcess } from '../../../../src/environment/processes/halt.ts';
import { anchorNow, createClock } from '../../../../src/support/clock.ts';
import { waitFor } from '../../../../src/support/waiting.ts';

function own() {
  const identity = identify(process.pid);
  if (identity === undefined) throw new Error('this process has no identity');
  return identity;
}

/** A shell with a child of its own, both there until they are stopped. */
async function startFamily(mark: string) {
  const shell = spawn('sh', ['-c', 'sleep 600 & echo started; wait'], {
    env: { PATH: process.env['PATH'], MARK_OF_TEST: mark },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(shell.stdout, 'data');
  const identity = identify(shell.pid ?? 0);
  if (identity === undefined) throw new Error('the shell is gone');
  return identity;
}

describe('process identity', () => {
  it('knows a running process, and that a number used again is another one', () => {
    expect(isRunning(own())).toBe(true);
    expect(isRunning({ ...own(), started: '1' })).toBe(false);
    expect(identify(2 ** 30)).toBeUndefined();
  });

  it('finds descendants, and processes by a variable', async () => {
    const mark = `mark-${String(process.pid)}-${String(performance.now())}`;
    const shell = await startFamily(mark);
    const tree = processTree(shell);
    expect(tree).toHaveLength(2);
    expect(tree[0]).toEqual(shell);
    if (process.platform === 'linux') {
      expect(processesWithVariable('MARK_OF_TEST', mark)).toHaveLength(2);
      expect(processesWithVariable('MARK_OF_TEST', `${mark}0`)).toEqual([]);
    }
    await haltProcess(shell, 'SIGTERM', 200);
    expect(tree.filter(isRunning)).toEqual([]);
  });

  it('tells a process that ended unreaped from one that runs and from none', async () => {
    // The shell becomes a program that never reaps the child it inherits.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    try {
      await waitFor(async () => ({ done: isUnreaped(pid), value: pid, observed: identify(pid) ?? null }), {
        condition: 'the end of the child',
        deadlineMs: 5_000,
        intervalMs: 10,
        clock: createClock(anchorNow(1)),
      });
      expect(identify(pid)).toBeUndefined();
      expect(isUnreaped(parent.pid ?? 0)).toBe(false);
    } finally {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
    }
    expect(isUnreaped(2 ** 30)).toBe(false);
    expect(isKnown(own())).toBe(true);
    expect(isKnown({ ...own(), started: '1' })).toBe(false);
  });

  it('kills what does not stop when asked, paused or not', async () => {
    const deaf = spawn('sh', ['-c', 'trap "" TERM; echo started; while :; do sleep 1; done'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(deaf.stdout, 'data');
    const identity = identify(deaf.pid ?? 0);
    if (identity === undefined) throw new Error('the shell is gone');
    process.kill(identity.pid, 'SIGSTOP');
    expect(await haltProcess(identity, 'SIGTERM', 100)).toBe('killed');
    expect(isRunning(identity)).toBe(false);
    expect(await haltProcess(identity, 'SIGTERM')).toBe('absent');
  });
});
