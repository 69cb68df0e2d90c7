import { join } from 'node:path';

import { NativeConnection, Worker } from '@temporalio/worker';

import { NAMESPACES, TASK_QUEUES, type EnvironmentDescriptor } from '../src/contracts/environment.ts';
import type { HarnessActivities } from '../src/contracts/activities.ts';
import { loadWorkflowBundle } from '../src/support/workflow-bundle.ts';

const PROJECT = join(import.meta.dirname, '..');

/** How long running activities may take to end after SIGTERM. */
const SHUTDOWN_GRACE = '5s';

/** A worker for scenarios, from the cached workflow bundle. */
export async function createHarnessWorker(
  environment: EnvironmentDescriptor,
  activities: HarnessActivities,
): Promise<Worker> {
  const [workflowBundle, connection] = await Promise.all([
    loadWorkflowBundle({
      entry: join(PROJECT, 'workflows', 'index.ts'),
      cacheDir: join(PROJECT, '.cache', 'bundles'),
    }),
    NativeConnection.connect({ address: environment.urls.temporalAddress }),
  ]);
  return Worker.create({
    connection,
    namespace: NAMESPACES.harness,
    taskQueue: TASK_QUEUES.harness,
    workflowBundle,
    activities,
    shutdownGraceTime: SHUTDOWN_GRACE,
    // After a kill the next workflow task would wait ten seconds for the dead worker's sticky queue.
    stickyQueueScheduleToStartTimeout: '1s',
  });
}
