import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { Context } from '@temporalio/activity';
import type { WorkflowClient, WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { connectTemporal } from '../../src/cli/runs/temporal.ts';
import { NAMESPACES } from '../../src/contracts/environment.ts';
import type { RunState, ScenarioInput } from '../../src/contracts/runs.ts';
import { SPOT_MIGRATION } from '../../src/contracts/scenarios/index.ts';
import type { RunSummary } from '../../src/contracts/suites.ts';
import { PROJECT_ROOT } from '../../src/environment/index.ts';
import { loadWorkflowBundle } from '../../src/support/workflow-bundle.ts';
import { temporalFor, type BenchContext } from './context.ts';
import { usageOf } from './process-usage.ts';
import type { BenchActivities } from './workflows/nine-phases.ts';

const INPUT: ScenarioInput = {
  seed: 1,
  approve: 'auto',
  prices: 'reference',
  preset: 'calm',
  faults: [],
  gitRevision: 'benchmark',
};
export const PHASES = SPOT_MIGRATION.phases.length;

let isInstalled = false;

/** What is run: the scenario frame around observations that see nothing, or the SDK alone with the same activities. */
const KINDS = {
  framed: INPUT,
  framedHeld: INPUT,
  framedDecided: INPUT,
  bare: PHASES,
  bareHeld: PHASES,
} as const;
export type Kind = keyof typeof KINDS;

/** What the activities saw: the only witness of how often something was done. */
export interface Ledger {
  /** When each activity of a workflow began, by workflow id and step; a step done twice has two times. */
  readonly begunMs: Map<string, Map<number, number[]>>;
  /** Every publication, by workflow id. */
  readonly published: Map<string, RunState[]>;
}

/** A worker in this process on a Temporal server of its own, set as an environment's. */
export interface FrameBench extends AsyncDisposable {
  readonly client: WorkflowClient;
  readonly worker: Worker;
  readonly taskQueue: string;
  readonly ledger: Ledger;
  start(kind: Kind): Promise<WorkflowHandle>;
  /** Of the Temporal server and of this process, client and worker in one. */
  cpuSeconds(): { readonly server: number; readonly worker: number };
}

export async function openFrameBench(context: BenchContext): Promise<FrameBench> {
  const { descriptor } = await temporalFor(context);
  const taskQueue = `bench-${randomUUID().slice(0, 8)}`;
  const ledger: Ledger = { begunMs: new Map(), published: new Map() };
  // Once a process, however many sections need a worker, and before its first connection.
  if (!isInstalled) Runtime.install({ logger: new DefaultLogger('WARN') });
  isInstalled = true;
  const connection = await NativeConnection.connect({ address: descriptor.urls.temporalAddress });
  const worker = await createBenchWorker(connection, taskQueue, ledger, context);
  const polling = worker.run();
  const temporal = await connectTemporal(descriptor);
  const client = temporal.client.workflow;
  return {
    client,
    worker,
    taskQueue,
    ledger,
    start: (kind) =>
      client.start(kind, { workflowId: `e2e-${randomUUID()}`, taskQueue, args: [KINDS[kind]] }),
    cpuSeconds: () => ({
      server: usageOf(descriptor.directory).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      worker: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
    }),
    [Symbol.asyncDispose]: async () => {
      worker.shutdown();
      await polling;
      await temporal[Symbol.asyncDispose]();
      await connection.close();
    },
  };
}

async function createBenchWorker(
  connection: NativeConnection,
  taskQueue: string,
  ledger: Ledger,
  { clock }: BenchContext,
): Promise<Worker> {
  const activities: BenchActivities = {
    awaitValidations: async ({ workflowId, step }) => {
      const steps = note(ledger.begunMs, workflowId, () => new Map<number, number[]>());
      // What a busy machine tries again is no second step.
      if (Context.current().info.attempt === 1) note(steps, step, () => []).push(clock.monotonicMs());
      return { evidence: [], notes: [], output: {} };
    },
    publishRun: async ({ run }) => {
      note<string, RunState[]>(ledger.published, run.temporal.workflowId, () => []).push(run);
      return { directory: '' };
    },
  };
  return Worker.create({
    connection,
    namespace: NAMESPACES.harness,
    taskQueue,
    activities: { ...activities },
    workflowBundle: await loadWorkflowBundle({
      entry: join(import.meta.dirname, 'workflows', 'index.ts'),
      cacheDir: join(PROJECT_ROOT, '.cache', 'bundles'),
    }),
  });
}

function note<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key) ?? create();
  map.set(key, found);
  return found;
}

/** Waits for the end. @throws Error when a framed run did not pass: what ends early would flatter the figures. */
export async function ended(kind: Kind, handle: WorkflowHandle): Promise<void> {
  const result: unknown = await handle.result();
  if (kind.startsWith('framed') && (result as RunSummary).verdict !== 'passed') {
    throw new Error(`the frame ended ${JSON.stringify(result).slice(0, 1_000)}`);
  }
}

/** How many runs are under way at once, or are started and asked for at once. */
export const CONCURRENT = 50;

export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.values();
  const lane = async (): Promise<void> => {
    for (const item of waiting) results.push(await work(item));
  };
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
  return results;
}
