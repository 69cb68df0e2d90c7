import { readFileSync, renameSync, writeFileSync } from 'node:fs';

import { OptiInfraError } from '../../support/errors.ts';

/** Writes a file whole or not at all: a reader never sees half of it. */
export function writeJsonFile(path: string, value: unknown, mode = 0o644): void {
  const draft = `${path}.${String(process.pid)}.draft`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode });
  renameSync(draft, path);
}

/** The content of a file we wrote, which the caller knows the type of; undefined when there is none. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function readJsonFile<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new OptiInfraError('ENVIRONMENT_MISMATCH', `${path} cannot be read`, {
      cause: error,
      hint: '`e2e down` removes the environment, `e2e up` makes it anew.',
    });
  }
}
