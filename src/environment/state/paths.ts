import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { OptiInfraError } from '../../support/errors.ts';

/** The root of this project, wherever it was cloned. */
export const PROJECT_ROOT = join(import.meta.dirname, '..', '..', '..');

const NAME = /^[a-z][a-z0-9-]{0,39}$/;

export interface EnvironmentPaths {
  readonly directory: string;
  readonly descriptorFile: string;
  readonly secretsFile: string;
  readonly launchFile: string;
  readonly lockFile: string;
  readonly failedLogs: string;
  processFile(name: string): string;
  logFile(name: string): string;
}

/** @throws OptiInfraError `USAGE` when the name could not be a directory's. */
export function environmentPaths(root: string, name: string): EnvironmentPaths {
  if (!NAME.test(name)) {
    throw new OptiInfraError(
      'USAGE',
      `"${name}" cannot name an environment: use small letters, digits and hyphens, at most 40, a letter first`,
    );
  }
  const home = environmentsHome(root);
  const directory = join(home, name);
  return {
    directory,
    descriptorFile: join(directory, 'environment.json'),
    secretsFile: join(directory, 'secrets.json'),
    launchFile: join(directory, 'launch.json'),
    lockFile: join(home, `${name}.lock`),
    failedLogs: join(root, '.e2e', 'failed-starts', name),
    processFile: (process) => join(directory, 'processes', `${process}.json`),
    logFile: (process) => join(directory, 'logs', `${process}.log`),
  };
}

function environmentsHome(root: string): string {
  return join(root, '.e2e', 'environments');
}

/** Names of the environments that have a directory, running or not. */
export function environmentNames(root: string): string[] {
  const home = environmentsHome(root);
  if (!existsSync(home)) return [];
  return readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** Where a process of an environment keeps its data. */
export function dataDirectory(environmentDirectory: string, name: string): string {
  return join(environmentDirectory, 'data', name);
}
