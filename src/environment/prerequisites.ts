import { execFile } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';

import { DEFAULT_PORTS } from '../contracts/ports.ts';
import { OptiInfraError, describeError } from '../support/errors.ts';
import { displayName } from './names.ts';
import { postgresBinaries } from './embedded/postgres-binaries.ts';
import { redisProgram } from './embedded/redis.ts';
import { nodeProgram } from './embedded/service.ts';
import { assertReadableBy, unprivilegedUser } from './embedded/unprivileged-user.ts';
import { isFree } from './ports.ts';
import { ownerOfPort } from './processes/port-owner.ts';
import { pythonPaths } from './python.ts';

const run = promisify(execFile);

/** One line of `e2e doctor`. A `warning` does not keep an environment from starting. */
export interface Prerequisite {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'missing';
  readonly detail: string;
  readonly mend?: string;
}

/** Measured with every process up and a migration running, with room to spare. */
const NEEDED_MEMORY_BYTES = 3 * 2 ** 30;
const NEEDED_DISK_BYTES = 2 * 2 ** 30;

export async function checkPrerequisites(root: string): Promise<Prerequisite[]> {
  return Promise.all([
    version('node', '24', () => nodeProgram(root), ['--version']),
    version('python', '3.1', () => pythonPaths(root).python, ['--version']),
    version('temporal', '', () => pythonPaths(root).temporal, ['--version']),
    version('redis', '', () => redisProgram(root), ['--version']),
    version('postgres', '18', () => readablePostgres(root), ['--version']),
    aws(root),
    ports(),
    memory(),
    disk(root),
  ]);
}

function readablePostgres(root: string): string {
  const { postgres } = postgresBinaries(root);
  assertReadableBy(unprivilegedUser(), postgres);
  return postgres;
}

/** The first line a program says of itself, which must name the wanted version. */
async function version(
  name: string,
  wanted: string,
  find: () => string,
  words: readonly string[],
): Promise<Prerequisite> {
  try {
    const file = find();
    const { stdout } = await run(file, [...words], { timeout: 10_000 });
    const detail = `${stdout.trim().split('\n')[0] ?? ''} (${file})`;
    if (new RegExp(`(^|[ v])${wanted.replace('.', '\\.')}`).test(stdout))
      return { name, state: 'ok', detail };
    return { name, state: 'warning', detail: `${detail}; tested with ${wanted}`, mend: 'Run `make setup`.' };
  } catch (error) {
    return missing(name, error);
  }
}

function missing(name: string, error: unknown): Prerequisite {
  const mend = error instanceof OptiInfraError ? error.hint : undefined;
  return { name, state: 'missing', detail: describeError(error), mend: mend ?? 'Run `make setup`.' };
}

async function aws(root: string): Promise<Prerequisite> {
  try {
    const { motoServer } = pythonPaths(root);
    return existsSync(motoServer)
      ? { name: 'aws', state: 'ok', detail: `moto (${motoServer})` }
      : missing('aws', new Error(`there is no ${motoServer}`));
  } catch (error) {
    return missing('aws', error);
  }
}

async function ports(): Promise<Prerequisite> {
  const busy: string[] = [];
  for (const [name, port] of Object.entries(DEFAULT_PORTS)) {
    if (await isFree(port)) continue;
    const owner = ownerOfPort(port);
    busy.push(`${port} (${displayName(name)}) held by ${owner === undefined ? 'a process' : owner.command}`);
  }
  if (busy.length === 0) return { name: 'ports', state: 'ok', detail: 'every default port is free' };
  return {
    name: 'ports',
    state: 'warning',
    detail: busy.join('; '),
    mend: '`e2e down --all` if they are ours, else `e2e up --ports auto`.',
  };
}

async function memory(): Promise<Prerequisite> {
  const detail = `${gigabytes(process.availableMemory())} available of ${gigabytes(totalmem())}`;
  if (process.availableMemory() >= NEEDED_MEMORY_BYTES) return { name: 'memory', state: 'ok', detail };
  return {
    name: 'memory',
    state: 'warning',
    detail,
    mend: 'An environment needs about 3 GiB: close something.',
  };
}

async function disk(root: string): Promise<Prerequisite> {
  const { bavail, bsize } = statfsSync(root);
  const detail = `${gigabytes(bavail * bsize)} free`;
  if (bavail * bsize >= NEEDED_DISK_BYTES) return { name: 'disk', state: 'ok', detail };
  return { name: 'disk', state: 'warning', detail, mend: 'An environment needs about 2 GiB: free some.' };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
