import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { withEnvironmentLock } from '../../../../src/environment/state/lock.ts';
import { environmentPaths } from '../../../../src/environment/state/paths.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('withEnvironmentLock', () => {
  it('lets one command at a time in, and the next when it is done', async () => {
    const paths = environmentPaths(root, 'one');
    await withEnvironmentLock(paths, async () => {
      const second = withEnvironmentLock(paths, async () => 'in');
      await expect(second).rejects.toMatchObject({
        code: 'ENVIRONMENT_BUSY',
        message: expect.stringContaining(String(process.pid)) as string,
      });
    });
    expect(await withEnvironmentLock(paths, async () => 'in')).toBe('in');
    expect(existsSync(paths.lockFile)).toBe(false);
  });

  it('is given back when the work fails', async () => {
    const paths = environmentPaths(root, 'one');
    const work = withEnvironmentLock(paths, async () => Promise.reject(new Error('failed')));
    await expect(work).rejects.toThrow('failed');
    expect(existsSync(paths.lockFile)).toBe(false);
  });

  it('takes the lock of a launcher that is gone', async () => {
    const paths = environmentPaths(root, 'one');
    await withEnvironmentLock(paths, async () => undefined);
    writeFileSync(paths.lockFile, JSON.stringify({ pid: process.pid, started: 'another time' }));
    expect(await withEnvironmentLock(paths, async () => 'in')).toBe('in');
  });
});
