import { fileURLToPath } from 'node:url';

import type { Worker } from '@temporalio/worker';

import { NAMESPACES, TASK_QUEUES } from '../../../contracts/environment.ts';
import type { Clock } from '../../../support/clock.ts';
import type { Logger } from '../../../support/logging.ts';
import { loadWorkflowBundle } from '../../../support/workflow-bundle.ts';
import type { RolloutActivities } from '../contract.ts';

export interface RolloutWorkerOptions {
  readonly address: string;
  readonly activities: RolloutActivities;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly namespace?: string;
  readonly taskQueue?: string;
}
export interface RolloutWorker {
  /** Whether it polls for work now. */
  readonly polling: () => boolean;
  stop(): Promise<void>;
}

const ROOT = new URL('../../../../', import.meta.url);
const ENTRY = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
const CACHE = fileURLToPath(new URL('.cache/bundles/', ROOT));
const RECONNECT_MS = 500;

/** Which activity of which rollout, and what went wrong; task tokens stay out of the log. */
function relevant(meta: Readonly<Record<string | symbol, unknown>> = {}): Record<string, unknown> {
  const { workflowId, activityType, attempt, error } = meta as Record<string, unknown>;
  return { workflowId, activityType, attempt, err: error };
}

/**
 * The SDK's logs go where ours go, and its own signal handlers stay off: the service stops the worker itself, after its
 * last request. Once a process.
 */
async function prepareRuntime(logger: Logger): Promise<void> {
  const { Runtime } = await import('@temporalio/worker');
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta?: Readonly<Record<string | symbol, unknown>>): void => {
      logger[level](relevant(meta), message);
    };
  Runtime.install({
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
    logger: {
      log: (level, message, meta) => {
        write(level === 'ERROR' ? 'error' : level === 'WARN' ? 'warn' : 'debug')(message, meta);
      },
      trace: write('debug'),
      debug: write('debug'),
      // Workers announce every change of state; that is of interest to nobody but a debugger.
      info: write('debug'),
      warn: write('warn'),
      error: write('error'),
    },
  });
}

/** Polls for rollouts until stopped; when Temporal is away, or was, it connects again. */
export function startRolloutWorker(options: RolloutWorkerOptions): RolloutWorker {
  const stopping = new AbortController();
  let worker: Worker | undefined;
  const loop = (async () => {
    await prepareRuntime(options.logger);
    while (!stopping.signal.aborted) {
      try {
        await runOnce(options, stopping.signal, (current) => (worker = current));
      } catch (error) {
        options.logger.warn({ err: error }, 'rollout worker lost Temporal, connecting again');
        await pause(options.clock, stopping.signal);
      }
    }
  })();
  return {
    polling: () => worker?.getState() === 'RUNNING',
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}

async function runOnce(
  { address, activities, namespace, taskQueue }: RolloutWorkerOptions,
  stopping: AbortSignal,
  seen: (worker: Worker | undefined) => void,
): Promise<void> {
  // Loaded after the service listens: the native module takes half a second.
  const { NativeConnection, Worker: TemporalWorker } = await import('@temporalio/worker');
  const { codePath } = await loadWorkflowBundle({ entry: ENTRY, cacheDir: CACHE });
  const connection = await NativeConnection.connect({ address });
  try {
    const worker = await TemporalWorker.create({
      connection,
      namespace: namespace ?? NAMESPACES.platform,
      taskQueue: taskQueue ?? TASK_QUEUES.executor,
      workflowBundle: { codePath },
      activities,
      // A killed worker's rollouts move on after one second instead of ten.
      stickyQueueScheduleToStartTimeout: '1s',
      // Well under the heartbeat limit of two seconds, so that a cancel is heard soon.
      maxHeartbeatThrottleInterval: '500ms',
      shutdownGraceTime: '2s',
    });
    seen(worker);
    const stop = (): void => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    };
    stopping.addEventListener('abort', stop, { once: true });
    const running = worker.run();
    if (stopping.aborted) stop();
    await running.finally(() => {
      stopping.removeEventListener('abort', stop);
    });
  } finally {
    seen(undefined);
    await connection.close();
  }
}

async function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleepWall(RECONNECT_MS, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
