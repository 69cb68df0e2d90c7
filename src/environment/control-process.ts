import type { EnvironmentDescriptor } from '../contracts/environment.ts';
import { createClock } from '../support/clock.ts';
import { OptiInfraError } from '../support/errors.ts';
import { displayName, type ProcessName } from './definition.ts';
import { definitionOf } from './embedded/catalogue.ts';
import { haltProcess, signalProcess, signalTree, untilReaped } from './processes/halt.ts';
import { startProcess } from './start-process.ts';
import { identityOf, type EnvironmentHandle } from './state/environment-handle.ts';
import { readJsonFile, writeJsonFile } from './state/json-file.ts';
import { environmentPaths } from './state/paths.ts';

/**
 * Sends a signal to a process of an environment and, but for SIGTERM and SIGINT, to its descendants: a killed or paused
 * engine is killed or paused whole. Back from SIGKILL when it is gone.
 * @throws OptiInfraError `NOT_FOUND` when the process does not run.
 */
export async function killProcess(
  environment: EnvironmentHandle,
  name: ProcessName,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<void> {
  const paths = environmentPaths(environment.root, environment.descriptor.name);
  const identity = identityOf(paths, name);
  const polite = signal === 'SIGTERM' || signal === 'SIGINT';
  const sent =
    identity !== undefined && (polite ? signalProcess(identity, signal) : await signalTree(identity, signal));
  if (sent) return;
  throw new OptiInfraError('NOT_FOUND', `${displayName(name)} does not run in this environment`, {
    details: { environment: environment.descriptor.name, process: name },
  });
}

/**
 * Starts a process of an environment again on its data and waits until it is ready; one that still runs is stopped
 * first. Gives the new process id.
 * @throws OptiInfraError as `startEnvironment` does for one process.
 */
export async function restartProcess(
  environment: EnvironmentHandle,
  name: ProcessName,
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  const paths = environmentPaths(environment.root, environment.descriptor.name);
  const definition = definitionOf(name);
  // Read anew: a deploy may have moved the worker to another port since the handle was made.
  const descriptor = readJsonFile<EnvironmentDescriptor>(paths.descriptorFile) ?? environment.descriptor;
  const identity = identityOf(paths, name);
  if (identity !== undefined) {
    await haltProcess(identity, definition.stopSignal);
    await untilReaped(identity);
  }
  const started = await startProcess({
    definition,
    context: { ...environment, descriptor },
    paths,
    clock: createClock(environment.descriptor.anchor),
    signal,
    onLaunched: ({ pid }) => {
      // Read again: another process may have been restarted since the handle was made.
      const current = readJsonFile<EnvironmentDescriptor>(paths.descriptorFile) ?? environment.descriptor;
      writeJsonFile(paths.descriptorFile, {
        ...current,
        processIds: { ...current.processIds, [name]: pid },
      });
    },
  });
  return started.identity.pid;
}
