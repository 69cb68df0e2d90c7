import type { ColdStart, Provider } from '../../contracts/environment.ts';
import type { ProcessName } from '../definition.ts';
import type { ProcessIdentity } from '../processes/identity.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { EnvironmentPaths } from './paths.ts';

/** What `e2e up` was asked for; a second `up` with the same words changes nothing. */
export interface EnvironmentSettings {
  readonly provider: Provider;
  readonly timeScale: number;
  readonly coldStart: ColdStart;
  readonly ports: 'default' | 'auto';
  readonly only: readonly ProcessName[];
  /** Absolute directory for the coverage of services; measured only when given. */
  readonly coverage?: string;
}

/** The launcher's own note about an environment, beside the descriptor that everybody reads. */
export interface LaunchRecord {
  /** `starting` with a launcher that is gone: it crashed, and what it left is swept. */
  readonly state: 'starting' | 'up' | 'stopped';
  readonly settings: EnvironmentSettings;
  readonly launcher: ProcessIdentity;
  /** World time at which an environment that kept its data was stopped; its next start goes on from there. */
  readonly worldMsAtStop: number | null;
}

export function readLaunchRecord(paths: EnvironmentPaths): LaunchRecord | undefined {
  return readJsonFile<LaunchRecord>(paths.launchFile);
}

export function writeLaunchRecord(paths: EnvironmentPaths, record: LaunchRecord): void {
  writeJsonFile(paths.launchFile, record);
}

/** The settings that differ, in words; empty when they are the same. */
export function settingsDifferences(running: EnvironmentSettings, asked: EnvironmentSettings): string[] {
  const rows: [string, string, string][] = [
    ['--provider', running.provider, asked.provider],
    ['--time-scale', String(running.timeScale), String(asked.timeScale)],
    ['--cold-start', running.coldStart, asked.coldStart],
    ['--ports', running.ports, asked.ports],
    ['--only', namesOf(running), namesOf(asked)],
    ['--coverage', running.coverage ?? 'off', asked.coverage ?? 'off'],
  ];
  return rows
    .filter(([, is, wanted]) => is !== wanted)
    .map(([option, is, wanted]) => `${option} is ${is}, asked ${wanted}`);
}

function namesOf(settings: EnvironmentSettings): string {
  return [...settings.only].sort().join(',');
}
