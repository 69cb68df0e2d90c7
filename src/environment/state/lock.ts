import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { OptiInfraError } from '../../support/errors.ts';
import { identify, isRunning, type ProcessIdentity } from '../processes/identity.ts';
import { readJsonFile } from './json-file.ts';
import type { EnvironmentPaths } from './paths.ts';

export function ownIdentity(): ProcessIdentity {
  return identify(process.pid) ?? { pid: process.pid, started: 'unknown' };
}

/**
 * Lets one launcher at a time change an environment. The lock of a launcher that is gone counts for nothing.
 * @throws OptiInfraError `ENVIRONMENT_BUSY` while another one holds it.
 */
export async function withEnvironmentLock<T>(paths: EnvironmentPaths, work: () => Promise<T>): Promise<T> {
  takeLock(paths);
  try {
    return await work();
  } finally {
    rmSync(paths.lockFile, { force: true });
  }
}

function takeLock(paths: EnvironmentPaths): void {
  mkdirSync(dirname(paths.lockFile), { recursive: true });
  const own = JSON.stringify(ownIdentity());
  for (const isLast of [false, true]) {
    try {
      writeFileSync(paths.lockFile, own, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readHolder(paths.lockFile);
      if (isLast || (holder !== undefined && isRunning(holder))) throw busy(paths, holder);
      rmSync(paths.lockFile, { force: true });
    }
  }
}

function readHolder(lockFile: string): ProcessIdentity | undefined {
  return readJsonFile<ProcessIdentity>(lockFile);
}

function busy(paths: EnvironmentPaths, holder: ProcessIdentity | undefined): OptiInfraError {
  const who = holder === undefined ? 'another command' : `process ${String(holder.pid)}`;
  return new OptiInfraError('ENVIRONMENT_BUSY', `${who} is starting or stopping this environment`, {
    details: { lockFile: paths.lockFile },
    hint: 'Wait for it to end, then try again.',
  });
}
