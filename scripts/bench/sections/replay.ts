import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

import type { WorkflowClient } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { historyFiles, saveHistory } from '../../../src/cli/replay/history-files.ts';
import { replayMany } from '../../../src/cli/replay/replay-many.ts';
import { connectTemporal } from '../../../src/cli/runs/temporal.ts';
import { NAMESPACES } from '../../../src/contracts/environment.ts';
import { connectEnvironment, PROJECT_ROOT } from '../../../src/environment/index.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { upWords, type BenchContext } from '../context.ts';
import { e2e } from '../e2e-command.ts';
import { number, range } from '../format.ts';
import type { SectionReport } from '../report.ts';
import { spreadOf } from '../statistics.ts';

const ACTIVITIES = 9;
/** CPU of a history of nine activities in one process, measured with the bare SDK (spec: Temporal, replay). */
const CPU_MS_A_HISTORY = 20;
const TARGET_SHARE = 0.9;
const RUNS_AT_ONCE = 50;

/** How fast recorded histories go through today's code with every core busy. */
export async function benchReplay(context: BenchContext): Promise<SectionReport> {
  const count = context.quick ? 100 : 1_000;
  const rounds = context.quick ? 1 : 3;
  const directory = await mkdtemp(join(tmpdir(), 'bench-histories-'));
  try {
    await recordNineActivities(context, directory, count);
    const bare = await replayRounds(context, {
      entry: join(import.meta.dirname, '..', 'workflows', 'index.ts'),
      files: await historyFiles(directory),
      rounds,
    });
    const kept = await historyFiles(join(PROJECT_ROOT, 'tests', 'histories'));
    const scenarios = await replayRounds(context, {
      entry: join(PROJECT_ROOT, 'workflows', 'index.ts'),
      files: Array.from({ length: count }, (_, index) => kept[index % kept.length] ?? ''),
      rounds,
    });
    return report(count, { bare, scenarios });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Real histories: as many runs of nine activities on a server of its own. */
async function recordNineActivities(context: BenchContext, directory: string, count: number): Promise<void> {
  const name = `${context.environmentName}-replay`;
  await e2e([...upWords(name), '--only', 'temporal'], context.clock);
  try {
    const { descriptor } = connectEnvironment(name);
    await using temporal = await connectTemporal(descriptor);
    const taskQueue = `bench-${randomUUID().slice(0, 8)}`;
    Runtime.install({ logger: new DefaultLogger('WARN') });
    const connection = await NativeConnection.connect({ address: descriptor.urls.temporalAddress });
    const worker = await createWorker(connection, taskQueue);
    await worker.runUntil(recordAll(temporal.client.workflow, { taskQueue, directory, count }));
    await connection.close();
    context.say(`replay: ${String(count)} histories recorded`);
  } finally {
    await e2e(['down', '--name', name], context.clock);
  }
}

async function createWorker(connection: NativeConnection, taskQueue: string): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: NAMESPACES.harness,
    taskQueue,
    activities: { awaitValidations: async () => ({ evidence: [], notes: [], output: {} }) },
    workflowBundle: await loadWorkflowBundle({
      entry: join(import.meta.dirname, '..', 'workflows', 'index.ts'),
      cacheDir: join(PROJECT_ROOT, '.cache', 'bundles'),
    }),
  });
}

interface Recording {
  readonly taskQueue: string;
  readonly directory: string;
  readonly count: number;
}

async function recordAll(client: WorkflowClient, { taskQueue, directory, count }: Recording): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const workflowId = `e2e-bench-${String(index)}`;
      await client.execute('bare', { workflowId, taskQueue, args: [ACTIVITIES] });
      const history = await client.getHandle(workflowId).fetchHistory();
      await saveHistory(directory, workflowId, { history });
    }
  };
  await Promise.all(Array.from({ length: RUNS_AT_ONCE }, lane));
}

interface Replaying {
  readonly entry: string;
  readonly files: readonly string[];
  readonly rounds: number;
}
interface Round {
  /** From the command's start, processes and bundles included. */
  readonly perSecond: number;
  /** From the first history that came back to the last. */
  readonly perSecondOnceBusy: number;
  readonly cpuMsAHistory: number;
}

async function replayRounds(
  context: BenchContext,
  { entry, files, rounds }: Replaying,
): Promise<readonly Round[]> {
  const cacheDir = join(PROJECT_ROOT, '.cache', 'bundles');
  const { codePath } = await loadWorkflowBundle({ entry, cacheDir });
  const references = files.map((path) => ({ kind: 'file', path }) as const);
  const done: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const atMs: number[] = [];
    const startedMs = context.clock.monotonicMs();
    const onOutcome = (): void => void atMs.push(context.clock.monotonicMs());
    const { outcomes, cpuMs } = await replayMany({ codePath, temporalAddress: null, references, onOutcome });
    const bad = outcomes.find(({ status }) => status !== 'fits');
    if (bad !== undefined) throw new Error(`${bad.source} does not fit: ${bad.reason ?? ''}`);
    const [first = startedMs, last = startedMs] = [atMs[0], atMs.at(-1)];
    done.push({
      perSecond: (outcomes.length / (context.clock.monotonicMs() - startedMs)) * 1_000,
      perSecondOnceBusy: ((outcomes.length - 1) / (last - first)) * 1_000,
      cpuMsAHistory: cpuMs / outcomes.length,
    });
    context.say(`replay: round ${String(round + 1)} of ${String(rounds)}`);
  }
  return done;
}

function report(
  count: number,
  rounds: { readonly bare: readonly Round[]; readonly scenarios: readonly Round[] },
): SectionReport {
  const cores = availableParallelism();
  const allowed = (cores * 1_000) / CPU_MS_A_HISTORY;
  const reached = spreadOf(rounds.bare.map(({ perSecondOnceBusy }) => perSecondOnceBusy)).median / allowed;
  const rows = (what: string, of: readonly Round[]): string[][] => [
    [`${what}: histories/s`, ...range(spreadOf(of.map(({ perSecondOnceBusy }) => perSecondOnceBusy)))],
    [`${what}: histories/s, start included`, ...range(spreadOf(of.map(({ perSecond }) => perSecond)))],
    [`${what}: CPU a history, ms`, ...range(spreadOf(of.map(({ cpuMsAHistory }) => cpuMsAHistory)))],
  ];
  return {
    name: 'replay',
    tables: [
      {
        title: `${count.toLocaleString('en')} histories, ${String(cores)} processes`,
        columns: ['what', 'median', 'min', 'max'],
        rows: [
          ...rows('nine activities', rounds.bare),
          ...rows('kept histories of the scenarios, in turn', rounds.scenarios),
        ],
      },
    ],
    notes: [
      `${String(CPU_MS_A_HISTORY)} ms of CPU a history allow ${number(allowed)}/s on ${String(cores)} cores; nine activities reach ${number(reached * 100)} % of that (target ${number(TARGET_SHARE * 100)} %).`,
    ],
    figures: { rounds, allowedPerSecond: allowed, reachedShare: reached },
  };
}
