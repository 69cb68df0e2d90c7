import { existsSync } from 'node:fs';

import type { EnvironmentDescriptor, EnvironmentSecrets } from '../../contracts/environment.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { ProcessName } from '../definition.ts';
import type { ProcessIdentity } from '../processes/identity.ts';
import { readJsonFile } from './json-file.ts';
import { environmentNames, environmentPaths, PROJECT_ROOT, type EnvironmentPaths } from './paths.ts';
import { readLaunchRecord } from './launch-record.ts';

/** A running environment as other programs see it: where things are, and the keys to them. */
export interface EnvironmentHandle {
  readonly descriptor: EnvironmentDescriptor;
  readonly secrets: EnvironmentSecrets;
  readonly root: string;
}

/**
 * The descriptor of an environment that is up.
 * @throws OptiInfraError `ENVIRONMENT_DOWN` when none of this name is.
 */
export function readEnvironment(name = 'default', root = PROJECT_ROOT): EnvironmentDescriptor {
  return connectEnvironment(name, root).descriptor;
}

/**
 * Descriptor and secrets of an environment that is up or starting.
 * @throws OptiInfraError `ENVIRONMENT_DOWN` when none of this name is.
 */
export function connectEnvironment(name = 'default', root = PROJECT_ROOT): EnvironmentHandle {
  const paths = environmentPaths(root, name);
  const descriptor = readJsonFile<EnvironmentDescriptor>(paths.descriptorFile);
  const secrets = readJsonFile<EnvironmentSecrets>(paths.secretsFile);
  const state = readLaunchRecord(paths)?.state;
  if (descriptor !== undefined && secrets !== undefined && state !== undefined && state !== 'stopped') {
    return { descriptor, secrets, root };
  }
  throw environmentDown(name, root);
}

export function environmentDown(name: string, root: string): OptiInfraError {
  const others = environmentNames(root).filter((other) => other !== name);
  const known = others.length === 0 ? '' : ` Others here: ${others.join(', ')}.`;
  return new OptiInfraError('ENVIRONMENT_DOWN', `no environment "${name}" is up`, {
    hint: `Start it with \`e2e up${name === 'default' ? '' : ` --name ${name}`}\`.${known}`,
  });
}

/** The identity under which a process was started last; undefined when it never was. */
export function identityOf(paths: EnvironmentPaths, name: ProcessName): ProcessIdentity | undefined {
  const file = paths.processFile(name);
  return existsSync(file) ? readJsonFile<ProcessIdentity>(file) : undefined;
}
