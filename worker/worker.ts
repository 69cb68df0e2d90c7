import { join } from 'node:path';

import { NativeConnection, Worker, type WorkerDeploymentOptions } from '@temporalio/worker';

import {
  HARNESS_DEPLOYMENT,
  NAMESPACES,
  TASK_QUEUES,
  type EnvironmentDescriptor,
} from '../src/contracts/environment.ts';
import type { HarnessActivities } from '../src/contracts/activities.ts';
import { loadWorkflowBundle, type WorkflowBundle } from '../src/support/workflow-bundle.ts';

const PROJECT = join(import.meta.dirname, '..');

/** How long running activities may take to end after SIGTERM. */
const SHUTDOWN_GRACE = '5s';

/** What a worker runs, and the queue it polls. */
export interface Work {
  readonly taskQueue: string;
  readonly bundle: Promise<WorkflowBundle>;
  /** With one, it takes new runs only when that build is current, and keeps those it has begun whatever comes after. */
  readonly buildId?: string;
}

/** Our own scenarios, from the cached workflow bundle. */
export function ownWork(buildId?: string): Work {
  const bundle = loadWorkflowBundle({
    entry: join(PROJECT, 'workflows', 'index.ts'),
    cacheDir: join(PROJECT, '.cache', 'bundles'),
  });
  return { taskQueue: TASK_QUEUES.harness, bundle, ...(buildId === undefined ? {} : { buildId }) };
}

/** A worker for scenarios: ours, or those of a project elsewhere, which bring activities of their own. */
export async function createHarnessWorker(
  environment: EnvironmentDescriptor,
  activities: HarnessActivities,
  { taskQueue, bundle, buildId }: Work = ownWork(),
): Promise<Worker> {
  const [workflowBundle, connection] = await Promise.all([
    bundle,
    NativeConnection.connect({ address: environment.urls.temporalAddress }),
  ]);
  return Worker.create({
    connection,
    namespace: NAMESPACES.harness,
    taskQueue,
    workflowBundle,
    activities,
    shutdownGraceTime: SHUTDOWN_GRACE,
    // After a kill the next workflow task would wait ten seconds for the dead worker's sticky queue.
    stickyQueueScheduleToStartTimeout: '1s',
    ...(buildId === undefined ? {} : { workerDeploymentOptions: versioned(buildId) }),
  });
}

function versioned(buildId: string): WorkerDeploymentOptions {
  return {
    useWorkerVersioning: true,
    version: { deploymentName: HARNESS_DEPLOYMENT, buildId },
    // A run ends on the code it began with: its history need not fit any other.
    defaultVersioningBehavior: 'PINNED',
  };
}
