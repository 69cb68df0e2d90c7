import { execFileSync } from 'node:child_process';
import { lchownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { OptiInfraError, describeError } from '../../support/errors.ts';

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** The user PostgreSQL runs as: undefined when we are not root (then it is us), else `nobody`. */
export function unprivilegedUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  nobody ??= lookUpNobody();
  return nobody;
}

let nobody: SystemUser | undefined;

/** Two processes, so once. */
function lookUpNobody(): SystemUser {
  const id = (option: string): number =>
    Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Makes sure that the unprivileged user can read a path, for a project under `/root` is closed to it.
 * @throws OptiInfraError `BINARY_MISSING` naming the path and the mend.
 */
export function assertReadableBy(user: SystemUser | undefined, path: string): void {
  if (user === undefined) return;
  try {
    execFileSync('test', ['-r', path], { uid: user.uid, gid: user.gid, stdio: 'ignore', cwd: '/' });
  } catch (error) {
    throw new OptiInfraError(
      'BINARY_MISSING',
      `PostgreSQL refuses to run as root, and the user nobody cannot read ${path}`,
      {
        cause: describeError(error),
        hint: 'Clone into a directory that all may enter (not below /root), or run as a normal user.',
      },
    );
  }
}

/** Gives a directory and all in it to the user; nothing to do when that is us. */
export function giveTo(user: SystemUser | undefined, directory: string): void {
  if (user === undefined) return;
  lchownSync(directory, user.uid, user.gid);
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(directory, entry), user.uid, user.gid);
  }
}
