import { existsSync } from 'node:fs';

import type { EnvironmentDescriptor } from '../contracts/environment.ts';
import { createClock } from '../support/clock.ts';
import { displayName } from './definition.ts';
import { environmentDown } from './state/environment-handle.ts';
import { readJsonFile } from './state/json-file.ts';
import { readLaunchRecord, writeLaunchRecord } from './state/launch-record.ts';
import { withEnvironmentLock } from './state/lock.ts';
import { environmentPaths, PROJECT_ROOT, type EnvironmentPaths } from './state/paths.ts';
import { haltEnvironment, removeEnvironment, type HaltReport } from './sweep.ts';

export interface StopEnvironmentOptions {
  readonly name?: string;
  readonly root?: string;
  /** Leaves data, secrets and logs for the next start under this name. */
  readonly keepData?: boolean;
  readonly onEvent?: (event: { readonly process: string; readonly how: 'stopped' | 'killed' }) => void;
}

/**
 * Stops every process of an environment and removes its directory.
 * @throws OptiInfraError `ENVIRONMENT_DOWN` when there is nothing under this name.
 */
export async function stopEnvironment(options: StopEnvironmentOptions = {}): Promise<HaltReport> {
  const name = options.name ?? 'default';
  const root = options.root ?? PROJECT_ROOT;
  const paths = environmentPaths(root, name);
  if (!existsSync(paths.directory)) throw environmentDown(name, root);
  return withEnvironmentLock(paths, async () => {
    const report = await haltEnvironment(paths, (process, how) => {
      options.onEvent?.({ process: displayName(process), how });
    });
    if (options.keepData === true) noteStop(paths);
    else removeEnvironment(paths);
    return report;
  });
}

function noteStop(paths: EnvironmentPaths): void {
  const record = readLaunchRecord(paths);
  const descriptor = readJsonFile<EnvironmentDescriptor>(paths.descriptorFile);
  if (record === undefined || descriptor === undefined) return;
  // Stopped twice, it keeps the time of the first stop.
  const worldMsAtStop =
    record.state === 'stopped' ? record.worldMsAtStop : createClock(descriptor.anchor).worldMs();
  writeLaunchRecord(paths, { ...record, state: 'stopped', worldMsAtStop });
}
