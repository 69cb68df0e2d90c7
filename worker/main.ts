import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';

import {
  NAMESPACES,
  type EnvironmentDescriptor,
  type EnvironmentSecrets,
} from '../src/contracts/environment.ts';
import { createHarness } from '../src/fixtures/index.ts';
import { buildIdOf } from '../src/support/build-id.ts';
import { createLogger } from '../src/support/logging.ts';
import { readServiceConfig } from '../src/support/service-config.ts';
import { createActivities } from '../activities/index.ts';
import { createActivityDependencies } from '../activities/context.ts';
import { catchUpHistory } from './catch-up-history.ts';
import { listenForHealth } from './health.ts';
import { keepVersion } from './keep-version.ts';
import { keepSwept } from './sweeper.ts';
import { makeCurrent } from './versions.ts';
import { createHarnessWorker, ownWork } from './worker.ts';

/** The harness worker of one environment: reads where it is, connects, polls until it is told to stop. */
const logger = createLogger('worker');
const config = readServiceConfig();
const environmentFile = config.text('OPTIINFRA_ENVIRONMENT_FILE');
const environment = await readJson<EnvironmentDescriptor>(environmentFile);
const secrets = await readJson<EnvironmentSecrets>(join(environmentFile, '..', 'secrets.json'));
const stateDirectory = join(environment.directory, '..', '..');

const harness = createHarness(environment, secrets, logger);
const dependencies = createActivityDependencies(harness, stateDirectory);
// Once a process, and before its first worker. Temporal's own list has SIGUSR2 too, which here means to drain.
Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGINT', 'SIGTERM', 'SIGQUIT'] });
const buildId = await buildIdOf(join(import.meta.dirname, '..'));
const worker = await createHarnessWorker(environment, createActivities(dependencies), ownWork(buildId));
let isCurrent = false;
const health = await listenForHealth(config.port(), buildId, () =>
  isCurrent ? worker.getState() : 'registering its build',
);
const connection = await Connection.connect({ address: environment.urls.temporalAddress });
const client = new Client({ connection, namespace: NAMESPACES.harness });
const versions = { client, connection, clock: harness.clock };
let isDraining = false;
// The launcher's word that a newer build has taken over.
process.on('SIGUSR2', () => (isDraining = true));
const stopping = new AbortController();
const running = worker.run();
const swept = keepSwept(dependencies, stopping.signal);
const caughtUp = catchUpHistory(dependencies);
let kept: Promise<void> | undefined;
try {
  // Nothing starts before a build is current, and Temporal knows a build when its worker polls.
  await Promise.race([makeCurrent(versions, buildId), running]);
  isCurrent = true;
  logger.info({ port: config.port(), buildId }, 'polling');
  kept = keepVersion(versions, {
    buildId,
    draining: () => isDraining,
    onDrained: () => worker.shutdown(),
    signal: stopping.signal,
    logger,
  });
  // Resolves after SIGTERM, when running activities have been told and given their grace.
  await running;
} finally {
  health.close();
  stopping.abort();
  await kept;
  await connection.close();
  await swept;
  await caughtUp;
  await Promise.allSettled([
    dependencies.database[Symbol.asyncDispose](),
    dependencies.telemetry[Symbol.asyncDispose](),
    dependencies.history[Symbol.asyncDispose](),
  ]);
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
