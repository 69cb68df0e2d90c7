import { resolve } from 'node:path';

import { OptiInfraError } from '../src/support/errors.ts';
import { linkPostgresLibraries } from './support/postgres-links.ts';
import { installPython } from './support/python-install.ts';

/**
 * What npm does not set up: the engines that come as Python wheels, and PostgreSQL's library links.
 * A second run finds everything there and changes nothing.
 */
async function setup(root: string): Promise<void> {
  const report = (line: string): void => void process.stdout.write(`setup: ${line}\n`);
  const links = linkPostgresLibraries(root);
  if (links > 0) report(`linked ${String(links)} PostgreSQL libraries`);
  const installed = await installPython({ root, report });
  report(installed || links > 0 ? 'done' : 'everything is in place');
}

try {
  await setup(resolve(import.meta.dirname, '..'));
} catch (error) {
  if (!(error instanceof OptiInfraError)) throw error;
  process.stderr.write(`setup: ${error.message}\n`);
  if (error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`);
  process.exitCode = 3;
}
