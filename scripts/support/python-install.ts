import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PYTHON_DIRECTORY, pythonPaths } from '../../src/environment/python.ts';
import { OptiInfraError } from '../../src/support/errors.ts';

const LOCK = join('src', 'environment', 'fronts', 'requirements.lock');
const OLDEST_PYTHON = [3, 10] as const;
const PYTHON_HINT = `Install Python ${OLDEST_PYTHON.join('.')} or newer with venv (Debian: apt-get install python3 python3-venv).`;
/** Raised when the way of installing changes, so that existing environments are made anew. */
const RECIPE = 1;

export interface InstallOptions {
  readonly root: string;
  /** Called with one line an event. */
  readonly report: (line: string) => void;
  /** The interpreter that makes the virtual environment. */
  readonly python?: string;
}

/**
 * Makes the virtual environment with the pinned wheels, or nothing when it is there for this lock already.
 * @returns whether something was installed.
 * @throws OptiInfraError `BINARY_MISSING` when Python is absent, too old, lacks `venv`, or pip fails.
 */
export async function installPython({ root, report, python = 'python3' }: InstallOptions): Promise<boolean> {
  const home = join(root, PYTHON_DIRECTORY);
  const stamp = join(home, 'installed.sha256');
  const wanted = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && complete(root)) return false;
  const version = await checkVersion(python);
  report(`making ${PYTHON_DIRECTORY} with Python ${version}`);
  // What is left of an interrupted install, or of another lock, goes: pip would keep files of both.
  rmSync(home, { recursive: true, force: true });
  await makeEnvironment(python, home);
  report(`installing the pinned packages (once; about 250 MB to download)`);
  await installPackages(home, join(root, LOCK));
  pythonPaths(root);
  writeFileSync(stamp, wanted);
  return true;
}

/** The environment holds absolute paths, so a moved clone is a reason to make it anew, like a changed lock. */
function fingerprint(root: string): string {
  return createHash('sha256')
    .update(`${String(RECIPE)}\n${root}\n`)
    .update(readFileSync(join(root, LOCK)))
    .digest('hex');
}

function complete(root: string): boolean {
  try {
    pythonPaths(root);
    return true;
  } catch (error) {
    if (error instanceof OptiInfraError && error.code === 'BINARY_MISSING') return false;
    throw error;
  }
}

/** Loaded only when there is something to run: the second set-up is over before a library would be read. */
async function run(file: string, parameters: readonly string[]) {
  const { execa } = await import('execa');
  return execa(file, parameters, { reject: false, all: true });
}

async function checkVersion(python: string): Promise<string> {
  const print = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';
  const result = await run(python, ['-c', print]);
  if (result.exitCode !== 0) {
    const reason = result.all === '' ? (result.originalMessage ?? 'no reason given') : result.all;
    throw new OptiInfraError('BINARY_MISSING', `${python} does not run: ${reason}`, { hint: PYTHON_HINT });
  }
  const version = result.stdout.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]) return version;
  throw new OptiInfraError('BINARY_MISSING', `${python} is ${version}, too old`, {
    details: { version },
    hint: PYTHON_HINT,
  });
}

async function makeEnvironment(python: string, home: string): Promise<void> {
  const result = await run(python, ['-m', 'venv', home]);
  if (result.exitCode === 0) return;
  rmSync(home, { recursive: true, force: true });
  throw new OptiInfraError('BINARY_MISSING', `${python} cannot make a virtual environment: ${result.all}`, {
    hint: "Install Python's venv module (Debian: apt-get install python3-venv).",
  });
}

async function installPackages(home: string, lock: string): Promise<void> {
  const result = await run(join(home, 'bin', 'python'), [
    ...['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-compile'],
    // Nothing is built and nothing unnamed comes along: each file is one whose hash the lock holds.
    ...['--require-hashes', '--no-deps', '--only-binary=:all:', '--ignore-requires-python'],
    ...['--requirement', lock],
  ]);
  if (result.exitCode === 0) return;
  throw new OptiInfraError('BINARY_MISSING', `pip could not install the pinned packages: ${result.all}`, {
    hint: 'The set-up needs the network and a Python package index once; run `node scripts/setup.ts` again.',
  });
}
