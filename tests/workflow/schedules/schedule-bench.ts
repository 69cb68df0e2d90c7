import { join } from 'node:path';

import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { NAMESPACES, TASK_QUEUES } from '../../../src/contracts/environment.ts';
import type { SuiteInput } from '../../../src/contracts/suites.ts';
import { createSchedule, type ScheduleRequest } from '../../../src/cli/schedules/create-schedule.ts';
import { readSchedule, type ScheduleView } from '../../../src/cli/schedules/read-schedule.ts';
import type { TemporalConnection } from '../../../src/cli/runs/temporal.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { INPUT, startHarnessServer, temporalOf } from '../scenarios/scenario-bench.ts';
import { wallClock, type TestServer } from '../support/temporal-server.ts';

const SUITE: SuiteInput = {
  title: '#e2e',
  selection: { patterns: [], expression: null, tags: ['e2e'], notTags: [] },
  repeat: 1,
  shard: null,
  seed: null,
  parallel: 4,
  failFast: false,
  retries: 0,
  quotas: {},
  scenario: INPUT,
  failWhenNotPassed: false,
  scheduleId: null,
};

export interface ScheduleBench extends AsyncDisposable {
  readonly server: TestServer;
  readonly temporal: TemporalConnection;
  /** Makes a schedule for New Year unless told. */
  create(name: string, change?: Partial<ScheduleRequest>): Promise<readonly Date[]>;
  view(name: string): Promise<ScheduleView>;
  until(name: string, what: string, condition: (view: ScheduleView) => boolean): Promise<ScheduleView>;
  /** Lets a suite end. */
  end(workflowId: string | undefined, verdict: string): Promise<void>;
}

/** A Temporal server with a worker for suites that end when they are told to. */
export async function openScheduleBench(): Promise<ScheduleBench> {
  // Suites that fail are the subject here; their stack traces are not.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startHarnessServer();
  const temporal = temporalOf(server);
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address: server.address }),
    namespace: NAMESPACES.harness,
    taskQueue: TASK_QUEUES.harness,
    workflowBundle: await loadWorkflowBundle({
      entry: join(import.meta.dirname, 'stand-in-suite.ts'),
      cacheDir: join(process.cwd(), '.cache', 'bundles'),
    }),
  });
  const polling = worker.run();
  const environmentStartedMs = wallClock.wallMs();
  const view = (name: string): Promise<ScheduleView> =>
    readSchedule(temporal, name, { nowMs: wallClock.wallMs(), environmentStartedMs });
  return {
    server,
    temporal,
    create: (name, change) => createSchedule(temporal, requestOf(name, change)),
    view,
    until: (name, what, condition) =>
      waitFor(
        async () => {
          const seen = await view(name);
          return condition(seen) ? { done: true, value: seen } : { done: false, observed: seen };
        },
        { condition: what, deadlineMs: 30_000, intervalMs: 100, clock: wallClock },
      ),
    end: (workflowId, verdict) =>
      server.client.workflow.getHandle(workflowId ?? 'none').signal('end', verdict),
    [Symbol.asyncDispose]: async () => {
      worker.shutdown();
      await polling;
      await server[Symbol.asyncDispose]();
    },
  };
}

function requestOf(name: string, change: Partial<ScheduleRequest> = {}): ScheduleRequest {
  const pauseOnFailure = change.pauseOnFailure ?? false;
  return {
    name,
    plan: { cron: '0 0 1 1 *', timeZone: 'UTC' },
    suite: { ...SUITE, scheduleId: name, failWhenNotPassed: pauseOnFailure },
    overlap: 'skip',
    catchUpWindowMs: 60_000,
    jitterMs: 0,
    pauseOnFailure,
    paused: false,
    note: '',
    about: { when: '0 0 1 1 * UTC', what: '#e2e', by: 'ada' },
    ...change,
  };
}
