import { join } from 'node:path';

import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';

import type { StageJudgement } from '../../../src/contracts/api/recommendations.ts';
import {
  ROLLOUT,
  type RolloutActivities,
  type StageObservation,
  type StageWindow,
} from '../../../src/platform/executor/contract.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { fakeActivities, judgement } from './fake-rollout.ts';
import { startTestServer, type TestServer } from '../support/temporal-server.ts';

/** One Temporal server and one worker a test file; every run has activities of its own. */
let server: TestServer;
let connection: NativeConnection;
let worker: Worker;
let running: Promise<void>;
let runs = 0;
/** One worker serves all runs; each has activities of its own. */
const activitiesOf = new Map<string, RolloutActivities>();

beforeAll(async () => {
  // Failing activities are the subject here; their stack traces are not.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  server = await startTestServer();
  connection = await NativeConnection.connect({ address: server.address });
  const entry = join(process.cwd(), 'src/platform/executor/workflows/index.ts');
  const { codePath } = await loadWorkflowBundle({ entry, cacheDir: join(process.cwd(), '.cache/bundles') });
  worker = await Worker.create({
    connection,
    taskQueue: 'rollouts',
    workflowBundle: { codePath },
    activities: Object.fromEntries(
      Object.keys(fakeActivities(() => undefined)).map((name) => [name, dispatch(name)]),
    ),
    maxHeartbeatThrottleInterval: '100ms',
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await server[Symbol.asyncDispose]();
});

function dispatch(name: string): (input: unknown) => Promise<unknown> {
  return async (input) => {
    const { workflowId } = activityInfo().workflowExecution ?? {};
    const activities = activitiesOf.get(workflowId ?? '') as unknown as Record<
      string,
      (input: unknown) => unknown
    >;
    return activities[name]?.(input);
  };
}

export interface Run {
  readonly notes: readonly string[];
  readonly handle: WorkflowHandle;
}

/** Runs one rollout to its end; `meanwhile` acts from outside. */
export async function rollOut(
  change: Partial<RolloutActivities>,
  meanwhile: (run: Run) => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  runs += 1;
  const notes: string[] = [];
  const workflowId = `optimization-${String(runs)}`;
  activitiesOf.set(
    workflowId,
    fakeActivities((line) => notes.push(line), change),
  );
  const handle = await server.client.workflow.start(ROLLOUT, {
    taskQueue: 'rollouts',
    workflowId,
    args: [{ optimizationId: 'opt_1' }],
  });
  await meanwhile({ notes, handle });
  await handle.result();
  return notes;
}

export const refuse = (message: string, code = 'INVALID_STATE'): Promise<never> =>
  Promise.reject(ApplicationFailure.nonRetryable(message, code));
/** The n-th call of an activity does something else; the others do what they would. */
export function nth<I, O>(
  number: number,
  otherwise: (input: I) => Promise<O>,
  usual: (input: I) => Promise<O>,
) {
  let call = 0;
  return (input: I): Promise<O> => {
    call += 1;
    return call === number ? otherwise(input) : usual(input);
  };
}
export const observe =
  (verdict: StageJudgement['verdict']) =>
  async ({ window }: { window: StageWindow }): Promise<StageObservation> => ({
    kind: 'judged',
    judgement: judgement(verdict, window),
  });
