import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';

import { runIdOfFixture } from '../src/contracts/attempts.ts';
import { NAMESPACES } from '../src/contracts/environment.ts';
import { workflowIdOf } from '../src/contracts/runs.ts';
import { describeError } from '../src/support/errors.ts';
import { cleanUpRun } from '../activities/clean-up.ts';
import type { ActivityDependencies } from '../activities/context.ts';

const SWEEP_EVERY_MS = 30_000;

/** Is the run's workflow over? A run that Temporal does not know is somebody else's and is left alone. */
export type RunIsOver = (runId: string) => Promise<boolean>;

/**
 * Removes what runs left behind that could not clean up after themselves: a terminated workflow runs no code any more.
 * Returns what was removed.
 */
export async function sweepOnce(dependencies: ActivityDependencies, isOver: RunIsOver): Promise<string[]> {
  const { world, harness } = dependencies;
  const runIds = new Set((await world.sites()).map(({ runId }) => runIdOfFixture(runId)));
  const removed: string[] = [];
  for (const runId of runIds) {
    if (!(await isOver(runId))) continue;
    const left = await cleanUpRun(dependencies, { runId }, () => undefined);
    // Its own clean-up may have come first.
    if (left.length > 0) harness.logger.warn({ runId, removed: left }, 'swept what a dead run left');
    removed.push(...left);
  }
  return removed;
}

/** Sweeps now and again until aborted. A sweep that fails is logged and tried again: it must not stop the worker. */
export async function keepSwept(dependencies: ActivityDependencies, signal: AbortSignal): Promise<void> {
  const { harness } = dependencies;
  const connection = await Connection.connect({ address: harness.environment.urls.temporalAddress });
  const client = new Client({ connection, namespace: NAMESPACES.harness });
  const isOver: RunIsOver = async (runId) => {
    try {
      const { status } = await client.workflow.getHandle(workflowIdOf(runId)).describe();
      return status.name !== 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
  try {
    while (!signal.aborted) {
      await sweepOnce(dependencies, isOver).catch((error: unknown) => {
        harness.logger.warn({ reason: describeError(error) }, 'a sweep failed; the next one tries again');
      });
      await harness.clock.sleepWall(SWEEP_EVERY_MS, signal).catch(() => undefined);
    }
  } finally {
    await connection.close();
  }
}
