import type { HealthRow } from '../contracts/environment.ts';
import { describeError } from '../support/errors.ts';
import { displayName, type ProcessName } from './definition.ts';
import { definitionOf } from './embedded/catalogue.ts';
import { isRunning } from './processes/identity.ts';
import { identityOf, type EnvironmentHandle } from './state/environment-handle.ts';
import { readLaunchRecord } from './state/launch-record.ts';
import { environmentPaths, type EnvironmentPaths } from './state/paths.ts';

/** Wall milliseconds after which a process that does not answer counts as unhealthy. */
const ANSWER_LIMIT_MS = 8_000;
/** More at once and the response times are those of this process, which is one thread. */
const LOOKS_AT_ONCE = 3;

/** Probes every process of an environment, a few at a time: engines with a write and a read, services for readiness. */
export async function checkHealth(environment: EnvironmentHandle): Promise<HealthRow[]> {
  const paths = environmentPaths(environment.root, environment.descriptor.name);
  const names = readLaunchRecord(paths)?.settings.only ?? [];
  await Promise.all(names.map((name) => definitionOf(name).loadClient()));
  const rows: HealthRow[] = [];
  const waiting = [...names.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, name] = next;
      rows[index] = await checkProcess(environment, paths, name);
    }
  };
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, lane));
  return rows;
}

async function checkProcess(
  environment: EnvironmentHandle,
  paths: EnvironmentPaths,
  name: ProcessName,
): Promise<HealthRow> {
  const identity = identityOf(paths, name);
  const row = { name: displayName(name), healthy: false, latencyMs: 0 };
  if (identity === undefined) return { ...row, detail: 'never started' };
  if (!isRunning(identity)) return { ...row, detail: `process ${identity.pid} is gone` };
  const started = performance.now();
  const latencyMs = (): number => Math.round((performance.now() - started) * 10) / 10;
  try {
    const detail = await probeWithin(environment, name);
    return { ...row, healthy: true, latencyMs: latencyMs(), detail };
  } catch (error) {
    return { ...row, latencyMs: latencyMs(), detail: describeError(error) };
  }
}

async function probeWithin(environment: EnvironmentHandle, name: ProcessName): Promise<string> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const silence = new Promise<never>((_resolve, reject) => {
    // Not every client can be interrupted; the row is due all the same.
    signal.addEventListener('abort', () =>
      reject(new Error(`no answer within ${ANSWER_LIMIT_MS / 1_000} s`)),
    );
  });
  return Promise.race([definitionOf(name).probe(environment, signal), silence]);
}
