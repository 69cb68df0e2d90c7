import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { WorkflowClient } from '@temporalio/client';
import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';

import { connectTemporal } from '../../../src/cli/runs/temporal.ts';
import { NAMESPACES } from '../../../src/contracts/environment.ts';
import type { ScenarioInput } from '../../../src/contracts/runs.ts';
import { SPOT_MIGRATION } from '../../../src/contracts/scenarios/index.ts';
import type { RunSummary } from '../../../src/contracts/suites.ts';
import { PROJECT_ROOT } from '../../../src/environment/index.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { environmentFor, type BenchContext } from '../context.ts';
import { number, range } from '../format.ts';
import type { SectionReport } from '../report.ts';
import { spreadOf } from '../statistics.ts';
import type { BenchActivities } from '../workflows/nine-phases.ts';

const INPUT: ScenarioInput = {
  seed: 1,
  approve: 'auto',
  prices: 'reference',
  preset: 'calm',
  faults: [],
  gitRevision: 'benchmark',
};
const PHASES = SPOT_MIGRATION.phases.length;
/** The frame ends with two activities of its own: clean-up and publication. */
const WITH_ENDING = PHASES + 2;
const WARM_UP_ROUNDS = 3;

const ARMS = {
  frame: { type: 'framed', argument: INPUT },
  bare: { type: 'bare', argument: PHASES },
  bareWithEnding: { type: 'bare', argument: WITH_ENDING },
} as const;
type Arm = keyof typeof ARMS;

/** What the scenario frame costs over the bare SDK, on one server and one worker, interleaved. */
export async function benchHarness(context: BenchContext): Promise<SectionReport> {
  const { descriptor } = await environmentFor(context);
  const taskQueue = `bench-${randomUUID().slice(0, 8)}`;
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address: descriptor.urls.temporalAddress });
  const worker = await createBenchWorker(connection, taskQueue);
  const polling = worker.run();
  try {
    await using temporal = await connectTemporal(descriptor);
    const wallMs = await interleaved(context, temporal.client.workflow, taskQueue);
    return report(wallMs);
  } finally {
    worker.shutdown();
    await polling;
    await connection.close();
  }
}

async function createBenchWorker(connection: NativeConnection, taskQueue: string): Promise<Worker> {
  const activities: BenchActivities = {
    awaitValidations: async () => ({ evidence: [], notes: [], output: {} }),
    cleanUp: async () => [],
    publishRun: async () => '',
  };
  return Worker.create({
    connection,
    namespace: NAMESPACES.harness,
    taskQueue,
    activities: { ...activities },
    workflowBundle: await loadWorkflowBundle({
      entry: join(import.meta.dirname, '..', 'workflows', 'index.ts'),
      cacheDir: join(PROJECT_ROOT, '.cache', 'bundles'),
    }),
  });
}

async function interleaved(
  context: BenchContext,
  client: WorkflowClient,
  taskQueue: string,
): Promise<Record<Arm, number[]>> {
  const { clock, quick } = context;
  const wallMs: Record<Arm, number[]> = { frame: [], bare: [], bareWithEnding: [] };
  const rounds = quick ? 5 : 30;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const arm of ['frame', 'bare', 'bareWithEnding'] as const) {
      const { type, argument } = ARMS[arm];
      const startedMs = clock.monotonicMs();
      const result: unknown = await client.execute(type, {
        workflowId: `e2e-${taskQueue}-${randomUUID()}`,
        taskQueue,
        args: [argument],
      });
      const elapsedMs = clock.monotonicMs() - startedMs;
      if (arm === 'frame' && (result as RunSummary).verdict !== 'passed') {
        throw new Error(`the frame ended ${JSON.stringify(result).slice(0, 1_000)}`);
      }
      if (round >= 0) wallMs[arm].push(elapsedMs);
    }
  }
  context.say(`harness: ${String(rounds)} rounds`);
  return wallMs;
}

function report(wallMs: Record<Arm, number[]>): SectionReport {
  const spreads = {
    frame: spreadOf(wallMs.frame),
    bare: spreadOf(wallMs.bare),
    bareWithEnding: spreadOf(wallMs.bareWithEnding),
  };
  const ratio = spreads.frame.median / spreads.bareWithEnding.median;
  return {
    name: 'harness',
    tables: [
      {
        title: `One run, interleaved, ${String(wallMs.frame.length)} rounds, ms`,
        columns: ['what', 'median', 'min', 'max'],
        rows: [
          [`scenario frame: ${String(PHASES)} phases, clean-up, publication`, ...range(spreads.frame)],
          [`bare SDK: ${String(PHASES)} activities`, ...range(spreads.bare)],
          [`bare SDK: ${String(WITH_ENDING)} activities`, ...range(spreads.bareWithEnding)],
        ],
      },
    ],
    notes: [
      `The frame takes ${number(spreads.frame.median / spreads.bare.median)} times the bare nine activities and ${number(ratio)} times as many activities as it calls itself; the difference is search attributes, current details, gates and the state that queries read.`,
    ],
    figures: { wallMs, spreads },
  };
}
