import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { EnvironmentDescriptor, EnvironmentSecrets } from '../contracts/environment.ts';
import type { Ports } from '../contracts/ports.ts';
import { anchorNow, createClock, toTimestamp, type WorldAnchor } from '../support/clock.ts';
import { OptiInfraError } from '../support/errors.ts';
import { displayName, PROCESS_NAMES, type ProcessName } from './names.ts';
import { definitionOf } from './embedded/catalogue.ts';
import { checkHealth } from './health.ts';
import { choosePorts } from './ports.ts';
import { isRunning } from './processes/identity.ts';
import { generateSecrets } from './secrets.ts';
import { runPlan } from './start-plan.ts';
import { startProcess } from './start-process.ts';
import { connectEnvironment, identityOf, type EnvironmentHandle } from './state/environment-handle.ts';
import { readJsonFile, writeJsonFile } from './state/json-file.ts';
import {
  readLaunchRecord,
  settingsDifferences,
  writeLaunchRecord,
  type EnvironmentSettings,
  type LaunchRecord,
} from './state/launch-record.ts';
import { ownIdentity, withEnvironmentLock } from './state/lock.ts';
import { environmentNames, environmentPaths, PROJECT_ROOT, type EnvironmentPaths } from './state/paths.ts';
import { haltEnvironment, keepFailedLogs, removeEnvironment } from './sweep.ts';
import { loopbackUrls } from './urls.ts';

/** What a start tells while it goes on; `readyAfterMs` in wall milliseconds. */
type StartEvent =
  | { readonly kind: 'swept'; readonly reason: string }
  | {
      readonly kind: 'ready';
      readonly process: string;
      readonly readyAfterMs: number;
      readonly detail: string;
    }
  | { readonly kind: 'already-up' };

interface StartEnvironmentOptions extends Partial<EnvironmentSettings> {
  readonly name?: string;
  readonly root?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: StartEvent) => void;
}

/** An environment that this call started (or found up). Disposing of it takes it down. */
interface StartedEnvironment extends EnvironmentHandle, AsyncDisposable {
  readonly alreadyUp: boolean;
}

export const DEFAULT_SETTINGS: EnvironmentSettings = {
  provider: 'embedded',
  timeScale: 60,
  coldStart: 'standard',
  ports: 'default',
  only: PROCESS_NAMES,
};

/**
 * Starts every process of an environment and waits until all are ready. What a crashed start left is removed first;
 * when this start fails or is aborted, what it started is stopped and removed.
 * @throws OptiInfraError `PORT_BUSY`, `BINARY_MISSING`, `PROCESS_DIED`, `NOT_READY`, `ENVIRONMENT_BUSY`;
 * `ENVIRONMENT_MISMATCH` when it is up with other settings or not healthy.
 */
export async function startEnvironment(options: StartEnvironmentOptions = {}): Promise<StartedEnvironment> {
  const root = options.root ?? PROJECT_ROOT;
  const paths = environmentPaths(root, options.name ?? 'default');
  const name = options.name ?? 'default';
  const start: Start = { name, root, paths, settings: settingsOf(options), options };
  const alreadyUp = await withEnvironmentLock(paths, async () => {
    if (await isAlreadyUp(start)) return true;
    await startAnew(start);
    return false;
  });
  // Imported late: stopping knows starting's neighbours, not the other way round.
  const { stopEnvironment } = await import('./stop-environment.ts');
  return {
    ...connectEnvironment(name, root),
    alreadyUp,
    [Symbol.asyncDispose]: async () => {
      await stopEnvironment({ name, root });
    },
  };
}

interface Start {
  readonly name: string;
  readonly root: string;
  readonly paths: EnvironmentPaths;
  readonly settings: EnvironmentSettings;
  readonly options: StartEnvironmentOptions;
}

function settingsOf(options: StartEnvironmentOptions): EnvironmentSettings {
  return {
    provider: options.provider ?? DEFAULT_SETTINGS.provider,
    timeScale: options.timeScale ?? DEFAULT_SETTINGS.timeScale,
    coldStart: options.coldStart ?? DEFAULT_SETTINGS.coldStart,
    ports: options.ports ?? DEFAULT_SETTINGS.ports,
    only: options.only ?? DEFAULT_SETTINGS.only,
    ...(options.coverage === undefined ? {} : { coverage: resolve(options.coverage) }),
  };
}

async function isAlreadyUp(start: Start): Promise<boolean> {
  const { name, paths, root, settings, options } = start;
  const record = readLaunchRecord(paths);
  const running = runningProcesses(paths);
  if (record?.state !== 'up' || running.length === 0) {
    await sweepRemains(start, record, running.length);
    return false;
  }
  const differences = settingsDifferences(record.settings, settings);
  const down = `\`e2e down${name === 'default' ? '' : ` --name ${name}`}\``;
  if (differences.length > 0) {
    throw new OptiInfraError(
      'ENVIRONMENT_MISMATCH',
      `the environment "${name}" is up with other settings: ${differences.join('; ')}`,
      { hint: `${down} first, or ask for the same settings.` },
    );
  }
  const rows = await checkHealth(connectEnvironment(name, root));
  const sick = rows.filter(({ healthy }) => !healthy);
  if (sick.length > 0) {
    const what = sick.map((row) => `${row.name} (${row.detail})`).join(', ');
    throw new OptiInfraError(
      'ENVIRONMENT_MISMATCH',
      `the environment "${name}" is up but not healthy: ${what}`,
      {
        hint: `${down}, then \`e2e up\`; the logs are in ${paths.directory}/logs.`,
      },
    );
  }
  options.onEvent?.({ kind: 'already-up' });
  return true;
}

function runningProcesses(paths: EnvironmentPaths): ProcessName[] {
  return PROCESS_NAMES.filter((name) => {
    const identity = identityOf(paths, name);
    return identity !== undefined && isRunning(identity);
  });
}

/** Nothing is swept that `down --keep-data` left on purpose. */
async function sweepRemains(
  { paths, options }: Start,
  record: LaunchRecord | undefined,
  running: number,
): Promise<void> {
  if (record?.state === 'stopped' || !existsSync(paths.directory)) return;
  const { strays } = await haltEnvironment(paths);
  removeEnvironment(paths);
  const count = running + strays;
  const had = record?.state === 'up' ? 'environment whose processes were gone' : 'start that did not end';
  options.onEvent?.({
    kind: 'swept',
    reason: `removed what was left of a ${had} (${count} ${count === 1 ? 'process' : 'processes'})`,
  });
}

async function startAnew(start: Start): Promise<void> {
  const { paths, settings, options } = start;
  const ports = await choosePorts({
    choice: settings.ports,
    needed: settings.only.flatMap((name) => definitionOf(name).ports),
    ...portsOfOthers(start),
  });
  const kept = readLaunchRecord(paths);
  const abort = new AbortController();
  const forward = (): void => abort.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', forward);
  if (options.signal?.aborted === true) forward();
  try {
    abort.signal.throwIfAborted();
    const handle = describe(start, ports, kept);
    await startAll(start, handle, abort);
    writeLaunchRecord(paths, recordOf(start, 'up'));
  } catch (error) {
    await haltEnvironment(paths);
    const logs = keepFailedLogs(paths);
    if (kept === undefined) removeEnvironment(paths);
    else writeLaunchRecord(paths, kept);
    throw withLogs(error, logs);
  } finally {
    options.signal?.removeEventListener('abort', forward);
  }
}

function withLogs(error: unknown, logs: string | undefined): unknown {
  if (!(error instanceof OptiInfraError) || logs === undefined) return error;
  return new OptiInfraError(error.code, error.message, {
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    details: { ...error.details, logs },
    hint: `${error.hint ?? ''} All logs of this start: ${logs}`.trim(),
  });
}

function portsOfOthers({ name, root }: Start): {
  taken: ReadonlySet<number>;
  environmentOf: (port: number) => string | undefined;
} {
  const owners = new Map<number, string>();
  for (const other of environmentNames(root)) {
    const file = environmentPaths(root, other).descriptorFile;
    const ports = other === name ? undefined : readJsonFile<EnvironmentDescriptor>(file)?.ports;
    for (const port of Object.values(ports ?? {})) owners.set(port, other);
  }
  return { taken: new Set(owners.keys()), environmentOf: (port) => owners.get(port) };
}

/** Writes launch record, secrets and descriptor, in that order and before anything is started. */
function describe(start: Start, ports: Ports, kept: LaunchRecord | undefined): EnvironmentHandle {
  const { name, root, paths, settings } = start;
  // Others may pass through (PostgreSQL's user must), not look.
  mkdirSync(join(paths.directory, 'data'), { recursive: true, mode: 0o711 });
  writeLaunchRecord(paths, recordOf(start, 'starting'));
  const secrets = readJsonFile<EnvironmentSecrets>(paths.secretsFile) ?? generateSecrets();
  writeJsonFile(paths.secretsFile, secrets, 0o600);
  const anchor = continueWorld(anchorNow(settings.timeScale), kept);
  const descriptor: EnvironmentDescriptor = {
    name,
    provider: settings.provider,
    startedAt: toTimestamp(anchor.wallMs),
    anchor,
    coldStart: settings.coldStart,
    ports,
    urls: loopbackUrls(ports),
    directory: paths.directory,
    processIds: {},
    ...(settings.coverage === undefined ? {} : { coverageDirectory: settings.coverage }),
  };
  writeJsonFile(paths.descriptorFile, descriptor);
  return { descriptor, secrets, root };
}

function recordOf({ settings }: Start, state: 'starting' | 'up'): LaunchRecord {
  return { state, settings, launcher: ownIdentity(), worldMsAtStop: null };
}

/** Kept data was written in a world time ahead of the wall's: the new start goes on from there, never back. */
function continueWorld(anchor: WorldAnchor, kept: LaunchRecord | undefined): WorldAnchor {
  return { ...anchor, worldMs: Math.max(anchor.worldMs, kept?.worldMsAtStop ?? 0) };
}

async function startAll(start: Start, handle: EnvironmentHandle, abort: AbortController): Promise<void> {
  const { paths, settings, options } = start;
  const clock = createClock(handle.descriptor.anchor);
  const processIds: Record<string, number> = {};
  const plan = settings.only.map((name) => ({ name, after: definitionOf(name).after }));
  await runPlan(
    plan,
    async (name) => {
      abort.signal.throwIfAborted();
      const started = await startProcess({
        definition: definitionOf(name),
        context: handle,
        paths,
        clock,
        signal: abort.signal,
        onLaunched: ({ pid }) => {
          processIds[name] = pid;
          writeJsonFile(paths.descriptorFile, { ...handle.descriptor, processIds });
        },
      });
      const { readyAfterMs, detail } = started;
      options.onEvent?.({ kind: 'ready', process: displayName(name), readyAfterMs, detail });
    },
    abort,
  );
}
