import type { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

import { HARNESS_DEPLOYMENT, NAMESPACES, TASK_QUEUES } from '../src/contracts/environment.ts';
import type { Clock } from '../src/support/clock.ts';
import { waitFor } from '../src/support/waiting.ts';

/** A client of the harness's namespace, reached by TCP. */
export interface Versions {
  readonly client: Client;
  readonly connection: Connection;
  readonly clock: Clock;
}

const { TaskQueueType } = proto.temporal.api.enums.v1;
const { PINNED_OVERRIDE_BEHAVIOR_PINNED } =
  proto.temporal.api.workflow.v1.VersioningOverride.PinnedOverrideBehavior;

const REGISTER_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Lets new runs start on this build. Temporal knows a build once its worker has polled, so the worker must run. */
export async function makeCurrent({ connection, clock }: Versions, buildId: string): Promise<void> {
  const request = { namespace: NAMESPACES.harness, deploymentName: HARNESS_DEPLOYMENT, buildId };
  await waitFor(
    async () =>
      connection.workflowService.setWorkerDeploymentCurrentVersion({ ...request, identity: buildId }).then(
        () => ({ done: true, value: undefined }) as const,
        (observed: unknown) => ({ done: false, observed }) as const,
      ),
    {
      condition: `Temporal to know build ${buildId}`,
      deadlineMs: REGISTER_WITHIN_MS,
      intervalMs: LOOK_EVERY_MS,
      clock,
    },
  );
}

/** Runs and suites under way on this build. */
export async function underWay({ client }: Pick<Versions, 'client'>, buildId: string): Promise<number> {
  const { count } = await client.workflow.count(`${onBuild(buildId)} AND ExecutionStatus = 'Running'`);
  return count;
}

function onBuild(buildId: string): string {
  return `TemporalWorkerDeploymentVersion = '${HARNESS_DEPLOYMENT}:${buildId}'`;
}

/**
 * Moves runs under way on builds that nobody runs any more to this one: without a worker they would wait for ever. A
 * worker that was restarted on changed code takes over what it left, as it would without builds; Temporal finds out
 * whether the code fits. Gives the ids of the workflows that were moved.
 */
export async function adoptOrphans(versions: Versions, buildId: string): Promise<string[]> {
  const { client, connection } = versions;
  const others = `NOT ${onBuild(buildId)}`;
  const query = `TemporalWorkerDeployment = '${HARNESS_DEPLOYMENT}' AND ExecutionStatus = 'Running' AND ${others}`;
  const adopted: string[] = [];
  let polled: ReadonlySet<string> | null = null;
  for await (const { workflowId, raw } of client.workflow.list({ query })) {
    polled ??= await polledBuilds(versions);
    const own = raw.searchAttributes?.indexedFields?.['TemporalWorkerDeploymentVersion']?.data;
    if (own && [...polled].some((each) => Buffer.from(own).toString('utf8').includes(`:${each}"`))) continue;
    await connection.workflowService.updateWorkflowExecutionOptions({
      namespace: NAMESPACES.harness,
      workflowExecution: { workflowId },
      workflowExecutionOptions: {
        versioningOverride: {
          pinned: {
            behavior: PINNED_OVERRIDE_BEHAVIOR_PINNED,
            version: { deploymentName: HARNESS_DEPLOYMENT, buildId },
          },
        },
      },
      updateMask: { paths: ['versioning_override'] },
    });
    adopted.push(workflowId);
  }
  return adopted;
}

/** A worker polls for a minute at a time; one that has not for longer is gone. */
const POLL_LASTS_MS = 90_000;

async function polledBuilds({ connection, clock }: Versions): Promise<ReadonlySet<string>> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace: NAMESPACES.harness,
    taskQueue: { name: TASK_QUEUES.harness },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  const oldestMs = clock.wallMs() - POLL_LASTS_MS;
  const live = pollers.filter(
    ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 >= oldestMs,
  );
  return new Set(live.map(({ deploymentOptions }) => deploymentOptions?.buildId ?? ''));
}
