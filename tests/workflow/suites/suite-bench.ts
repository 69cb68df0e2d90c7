import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { heartbeating } from '../../../activities/context.ts';
import { NAMESPACES, TASK_QUEUES } from '../../../src/contracts/environment.ts';
import { workflowIdOf, type ScenarioInput, type Verdict } from '../../../src/contracts/runs.ts';
import type { SuiteActivities } from '../../../src/contracts/suite-activities.ts';
import {
  SUITE_STATE_QUERY,
  SUITE_WORKFLOW,
  suiteWorkflowIdOf,
  type RunSummary,
  type SuiteInput,
  type SuiteState,
} from '../../../src/contracts/suites.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { INPUT, startHarnessServer } from '../scenarios/scenario-bench.ts';
import { wallClock, type TestServer } from '../support/temporal-server.ts';
import type { Play } from './fake-scenarios.ts';

/** How the n-th run of a scenario goes: its verdict, one that lasts until it is stopped, or one that lasts a moment. */
export type Part = Verdict | 'for-ever' | 'a-moment';
/** Parts by scenario, one a run in the order they start; the last one goes for all further runs. */
export type Script = Readonly<Record<string, readonly Part[]>>;

export interface SuiteRun {
  readonly suiteId: string;
  readonly handle: WorkflowHandle;
  /** `scenario run-number` as each run began. */
  readonly begun: string[];
  readonly inputs: ScenarioInput[];
  readonly tidied: string[];
  readonly published: SuiteState[];
  /** The most that ran at once, over all and by scenario. */
  readonly peaks: Map<string, number>;
  state(): Promise<SuiteState>;
  ended(): Promise<SuiteState>;
  until(what: string, condition: (run: SuiteRun) => boolean | Promise<boolean>): Promise<void>;
}
export interface SuiteBench extends AsyncDisposable {
  readonly server: TestServer;
  start(input: Partial<SuiteInput>, script?: Script, change?: Partial<SuiteActivities>): Promise<SuiteRun>;
}

export function suiteInput(change: Partial<SuiteInput> = {}): SuiteInput {
  const { seed: _seed, ...scenario } = INPUT;
  return {
    title: 'test',
    selection: { patterns: [], expression: null, tags: [], notTags: [] },
    repeat: 1,
    shard: null,
    seed: 7,
    parallel: 2,
    failFast: false,
    retries: 0,
    quotas: {},
    scenario,
    failWhenNotPassed: false,
    scheduleId: null,
    ...change,
  };
}

export const named = (...patterns: string[]) => ({
  selection: { patterns, expression: null, tags: [], notTags: [] },
});

interface Stage {
  readonly run: SuiteRun;
  readonly script: Script;
  readonly change: Partial<SuiteActivities>;
  readonly running: Map<string, number>;
}

/** The real suite workflow with fake scenarios, whose parts each suite brings itself. */
export async function openSuiteBench(): Promise<SuiteBench> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startHarnessServer();
  const connection = await NativeConnection.connect({ address: server.address });
  const stages = new Map<string, Stage>();
  const worker = await Worker.create({
    connection,
    namespace: NAMESPACES.harness,
    taskQueue: TASK_QUEUES.harness,
    workflowBundle: await loadWorkflowBundle({
      entry: join(import.meta.dirname, 'fake-scenarios.ts'),
      cacheDir: join(process.cwd(), '.cache', 'bundles'),
    }),
    activities: { ...playing(stages), ...asked(stages) },
  });
  const polling = worker.run();
  return {
    server,
    start: (input, script = {}, change = {}) => start(server, stages, suiteInput(input), script, change),
    [Symbol.asyncDispose]: async () => {
      worker.shutdown();
      await polling;
      await connection.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function start(
  server: TestServer,
  stages: Map<string, Stage>,
  input: SuiteInput,
  script: Script,
  change: Partial<SuiteActivities>,
): Promise<SuiteRun> {
  const suiteId = randomUUID().slice(0, 8);
  const workflowId = suiteWorkflowIdOf(suiteId);
  const handle = server.client.workflow.getHandle(workflowId);
  const run: SuiteRun = {
    suiteId,
    handle,
    begun: [],
    inputs: [],
    tidied: [],
    published: [],
    peaks: new Map(),
    state: () => handle.query<SuiteState>(SUITE_STATE_QUERY),
    ended: async () => {
      await handle.result().catch(() => undefined);
      return handle.query<SuiteState>(SUITE_STATE_QUERY);
    },
    until: (what, condition) =>
      waitFor(
        async () =>
          (await condition(run)) ? { done: true, value: undefined } : { done: false, observed: run.begun },
        { condition: what, deadlineMs: 40_000, intervalMs: 50, clock: wallClock },
      ),
  };
  stages.set(suiteId, { run, script, change, running: new Map() });
  await server.client.workflow.start(SUITE_WORKFLOW, {
    workflowId,
    taskQueue: TASK_QUEUES.harness,
    args: [input],
  });
  return run;
}

function stageOf(stages: ReadonlyMap<string, Stage>, runOrSuiteId: string): Stage {
  const stage = stages.get(runOrSuiteId.split('-')[0] ?? '');
  if (stage === undefined) throw new Error(`nothing is staged for ${runOrSuiteId}`);
  return stage;
}

function asked(stages: ReadonlyMap<string, Stage>): SuiteActivities {
  // The check names no suite; the last one staged is the one under test.
  const last = (): Stage => [...stages.values()].at(-1)!;
  return {
    checkScenario: async (input) => last().change.checkScenario?.(input) ?? { missing: null },
    publishSuite: async (input) => {
      const { run, change } = stageOf(stages, input.suite.suiteId);
      run.published.push(input.suite);
      return change.publishSuite?.(input) ?? 'directory';
    },
  };
}

function playing(stages: ReadonlyMap<string, Stage>): Play {
  return {
    play: async ({ scenario, runId, input }) => {
      const stage = stageOf(stages, runId);
      const { run, script, running } = stage;
      run.inputs.push(input);
      const before = run.begun.filter((line) => line.startsWith(`${scenario} `)).length;
      run.begun.push(`${scenario} ${String(before + 1)}`);
      const parts = script[scenario] ?? ['passed'];
      const part = parts[Math.min(before, parts.length - 1)]!;
      for (const key of [scenario, 'all']) {
        running.set(key, (running.get(key) ?? 0) + 1);
        run.peaks.set(key, Math.max(run.peaks.get(key) ?? 0, running.get(key)!));
      }
      try {
        if (part === 'for-ever') await heartbeating(() => new Promise<never>(() => undefined));
        if (part === 'a-moment') await wallClock.sleepWall(150);
        return summary(scenario, runId, part === 'a-moment' || part === 'for-ever' ? 'passed' : part);
      } finally {
        for (const key of [scenario, 'all']) running.set(key, running.get(key)! - 1);
      }
    },
    tidy: async ({ scenario, runId }) => {
      stageOf(stages, runId).run.tidied.push(scenario);
      return summary(scenario, runId, 'cancelled');
    },
  };
}

function summary(scenario: string, runId: string, verdict: Verdict): RunSummary {
  return {
    runId,
    scenario,
    verdict,
    startedAt: '2026-11-22T12:00:00.000Z',
    finishedAt: '2026-11-22T12:01:00.000Z',
    phasesPassed: verdict === 'passed' ? 3 : 1,
    phases: 3,
    gatesPassed: 4,
    gates: 5,
    reason: verdict === 'passed' ? null : `phase: ${verdict}`,
  };
}

/** Terminates a run from outside: no code of it runs any more. */
export function terminate(server: TestServer, runId: string): Promise<unknown> {
  return server.client.workflow.getHandle(workflowIdOf(runId)).terminate('by a test');
}
