import { renameSync, rmSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { EMBEDDED_PROCESSES } from './embedded/catalogue.ts';
import { ENVIRONMENT_MARK } from './embedded/variables.ts';
import type { ProcessDefinition } from './definition.ts';
import { drainingWorkers } from './deploy-worker.ts';
import { haltProcess } from './processes/halt.ts';
import { processesWithVariable } from './processes/identity.ts';
import { identityOf } from './state/environment-handle.ts';
import type { EnvironmentPaths } from './state/paths.ts';

const LAYERS = ['service', 'core', 'engine'] as const;

/** How each process was stopped, by name; `stray` counts those that only their mark betrayed. */
export interface HaltReport {
  readonly stopped: readonly string[];
  readonly killed: readonly string[];
  readonly strays: number;
}

/** Stops every process of an environment: services first, engines last, then whatever still carries its mark. */
export async function haltEnvironment(
  paths: EnvironmentPaths,
  onHalted: (name: string, how: 'stopped' | 'killed') => void = () => undefined,
): Promise<HaltReport> {
  const stopped: string[] = [];
  const killed: string[] = [];
  for (const layer of LAYERS) {
    const definitions = EMBEDDED_PROCESSES.filter((definition) => definition.layer === layer);
    if (layer === 'service') await haltDraining(paths);
    const results = await Promise.all(definitions.map((definition) => haltOne(paths, definition)));
    for (const [index, how] of results.entries()) {
      const name = definitions[index]?.name;
      if (how === 'absent' || name === undefined) continue;
      (how === 'stopped' ? stopped : killed).push(name);
      onHalted(name, how);
    }
  }
  return { stopped, killed, strays: await haltStrays(paths) };
}

/** Workers that still end what they began on older code. */
async function haltDraining(paths: EnvironmentPaths): Promise<void> {
  await Promise.all(drainingWorkers(paths).map((identity) => haltProcess(identity, 'SIGTERM')));
}

async function haltOne(
  paths: EnvironmentPaths,
  definition: ProcessDefinition,
): Promise<'stopped' | 'killed' | 'absent'> {
  const identity = identityOf(paths, definition.name);
  const how = identity === undefined ? 'absent' : await haltProcess(identity, definition.stopSignal);
  rmSync(paths.processFile(definition.name), { force: true });
  return how;
}

/** A launcher killed between starting a process and noting its id leaves one that only its variables give away. */
async function haltStrays(paths: EnvironmentPaths): Promise<number> {
  const strays = processesWithVariable(ENVIRONMENT_MARK, paths.directory);
  await Promise.all(strays.map((stray) => haltProcess(stray, 'SIGTERM', 1_000)));
  return strays.length;
}

/** Removes an environment's directory; nothing of it may run any more. */
export function removeEnvironment(paths: EnvironmentPaths): void {
  rmSync(paths.directory, { recursive: true, force: true, maxRetries: 3 });
}

/** Keeps the logs of a start that failed, in place of those of the failure before, and gives their directory. */
export function keepFailedLogs(paths: EnvironmentPaths): string | undefined {
  const logs = join(paths.directory, 'logs');
  if (!existsSync(logs) || readdirSync(logs).length === 0) return undefined;
  rmSync(paths.failedLogs, { recursive: true, force: true });
  mkdirSync(dirname(paths.failedLogs), { recursive: true });
  renameSync(logs, paths.failedLogs);
  return paths.failedLogs;
}
