import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DefaultLogger, Runtime } from '@temporalio/worker';

import type { EnvironmentDescriptor, EnvironmentSecrets } from '../src/contracts/environment.ts';
import { createHarness } from '../src/fixtures/index.ts';
import { createLogger } from '../src/support/logging.ts';
import { readServiceConfig } from '../src/support/service-config.ts';
import { createActivities } from '../activities/index.ts';
import { createActivityDependencies } from '../activities/context.ts';
import { catchUpHistory } from './catch-up-history.ts';
import { listenForHealth } from './health.ts';
import { keepSwept } from './sweeper.ts';
import { createHarnessWorker } from './worker.ts';

/** The harness worker of one environment: reads where it is, connects, polls until it is told to stop. */
const logger = createLogger('worker');
const config = readServiceConfig();
const environmentFile = config.text('OPTIINFRA_ENVIRONMENT_FILE');
const environment = await readJson<EnvironmentDescriptor>(environmentFile);
const secrets = await readJson<EnvironmentSecrets>(join(environmentFile, '..', 'secrets.json'));
const stateDirectory = join(environment.directory, '..', '..');

const harness = createHarness(environment, secrets, logger);
const dependencies = createActivityDependencies(harness, stateDirectory);
// Once a process, and before its first worker.
Runtime.install({ logger: new DefaultLogger('WARN') });
const worker = await createHarnessWorker(environment, createActivities(dependencies));
const health = await listenForHealth(config.port(), () => worker.getState());
logger.info({ port: config.port() }, 'polling');
const stopping = new AbortController();
const swept = keepSwept(dependencies, stopping.signal);
const caughtUp = catchUpHistory(dependencies);
try {
  // Resolves after SIGTERM, when running activities have been told and given their grace.
  await worker.run();
} finally {
  health.close();
  stopping.abort();
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
