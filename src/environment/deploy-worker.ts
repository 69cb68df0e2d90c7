import { existsSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { EnvironmentDescriptor } from '../contracts/environment.ts';
import { createClock } from '../support/clock.ts';
import { OptiInfraError } from '../support/errors.ts';
import type { ProcessContext, ProcessDefinition } from './definition.ts';
import { definitionOf } from './embedded/catalogue.ts';
import { freePort } from './ports.ts';
import { signalProcess } from './processes/halt.ts';
import { isRunning, type ProcessIdentity } from './processes/identity.ts';
import { startProcess } from './start-process.ts';
import { identityOf, type EnvironmentHandle } from './state/environment-handle.ts';
import { readJsonFile, writeJsonFile } from './state/json-file.ts';
import { withEnvironmentLock } from './state/lock.ts';
import { environmentPaths, type EnvironmentPaths } from './state/paths.ts';

/** Beginning of the names under which workers that drain are noted. */
const DRAINING = 'worker-draining-';
const NEXT = 'worker-next';

export interface DeployOptions {
  /** Absolute path of the checkout whose code is deployed. */
  readonly from: string;
  readonly signal?: AbortSignal;
}
export interface DeployedWorker {
  readonly pid: number;
  readonly readyAfterMs: number;
  /** Process id of the worker that ends what it has begun; null when none ran. */
  readonly drainingPid: number | null;
}

/**
 * Starts a worker of this code beside the one that runs. When it is ready, new runs start on it and the other one ends
 * what it has begun, then stops by itself. When it does not become ready, nothing has changed.
 * @throws OptiInfraError as `startEnvironment` does for one process.
 */
export async function deployWorker(
  environment: EnvironmentHandle,
  { from, signal = new AbortController().signal }: DeployOptions,
): Promise<DeployedWorker> {
  const paths = environmentPaths(environment.root, environment.descriptor.name);
  return withEnvironmentLock(paths, async () => {
    const descriptor = current(paths, environment);
    const before = identityOf(paths, 'worker');
    const ports = { ...descriptor.ports, worker: await freePort(new Set(Object.values(descriptor.ports))) };
    const started = await startProcess({
      definition: deployedFrom(from, paths),
      context: { ...environment, descriptor: { ...descriptor, ports } },
      paths: { ...paths, processFile: () => paths.processFile(NEXT) },
      clock: createClock(descriptor.anchor),
      signal,
      onLaunched: () => undefined,
    });
    const { pid } = started.identity;
    const drainingPid = handOver(paths, before);
    // Read again: another process may have been restarted meanwhile.
    const now = current(paths, environment);
    writeJsonFile(paths.descriptorFile, { ...now, ports, processIds: { ...now.processIds, worker: pid } });
    return { pid, readyAfterMs: started.readyAfterMs, drainingPid };
  });
}

function current(paths: EnvironmentPaths, environment: EnvironmentHandle): EnvironmentDescriptor {
  return readJsonFile<EnvironmentDescriptor>(paths.descriptorFile) ?? environment.descriptor;
}

/** The worker's definition with the code of another checkout; data and settings stay the environment's. */
function deployedFrom(from: string, paths: EnvironmentPaths): ProcessDefinition {
  const definition = definitionOf('worker');
  const at = (context: ProcessContext): ProcessContext => ({ ...context, root: from });
  return {
    ...definition,
    prepare: (context) => definition.prepare(at(context)),
    command: (context) => {
      const command = definition.command(at(context));
      const variables = { ...command.variables, OPTIINFRA_ENVIRONMENT_FILE: paths.descriptorFile };
      return { ...command, variables };
    },
  };
}

/** The new worker gets the name, the old one a note of its own and the word that it drains. */
function handOver(paths: EnvironmentPaths, before: ProcessIdentity | undefined): number | null {
  const own = paths.processFile('worker');
  const runs = before !== undefined && isRunning(before);
  if (runs) renameSync(own, paths.processFile(`${DRAINING}${String(before.pid)}`));
  renameSync(paths.processFile(NEXT), own);
  if (!runs) return null;
  signalProcess(before, 'SIGUSR2');
  return before.pid;
}

/** Workers of an environment that drain, so that they are stopped with it. */
export function drainingWorkers(paths: EnvironmentPaths): ProcessIdentity[] {
  const directory = dirname(paths.processFile('worker'));
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.startsWith(DRAINING))
    .map((file) => readJsonFile<ProcessIdentity>(join(directory, file)))
    .filter((identity) => identity !== undefined)
    .filter(isRunning);
}

/** @throws OptiInfraError `BINARY_MISSING` when this directory holds no checkout of the project. */
export function checkCheckout(directory: string): void {
  if (['workflows/index.ts', 'worker/main.ts'].every((file) => existsSync(join(directory, file)))) return;
  throw new OptiInfraError('USAGE', `${directory} holds no checkout of this project`, {
    hint: 'It has to have workflows/index.ts and worker/main.ts, and its packages installed.',
  });
}
