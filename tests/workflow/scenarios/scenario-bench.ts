import { randomUUID } from 'node:crypto';

import { Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';

import { startRun } from '../../../src/cli/runs/start-run.ts';
import { runIdOfFixture } from '../../../src/contracts/attempts.ts';
import type { HarnessActivities } from '../../../src/contracts/activities.ts';
import { NAMESPACES, type EnvironmentDescriptor } from '../../../src/contracts/environment.ts';
import {
  RUN_STATE_QUERY,
  SEARCH_ATTRIBUTES,
  workflowIdOf,
  type PhaseRecord,
  type RunState,
  type ScenarioInput,
} from '../../../src/contracts/runs.ts';
import { SPOT_MIGRATION, type ScenarioDefinition } from '../../../src/contracts/scenarios/index.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { createHarnessWorker } from '../../../worker/worker.ts';
import { startTestServer, wallClock, type TestServer } from '../support/temporal-server.ts';
import { goodActivities, type Journal } from './fake-harness.ts';

/** A server like an environment's: the harness's namespace and search attributes. */
export function startHarnessServer(): Promise<TestServer> {
  const searchAttributes = Object.values(SEARCH_ATTRIBUTES).map(
    (name) => `${name}=${name === SEARCH_ATTRIBUTES.seed ? 'Int' : 'Keyword'}`,
  );
  return startTestServer({ namespace: NAMESPACES.harness, searchAttributes });
}

/** The real worker against the test server. */
export function createWorker(address: string, activities: HarnessActivities): Promise<Worker> {
  const environment = { urls: { temporalAddress: address } } as EnvironmentDescriptor;
  return createHarnessWorker(environment, activities);
}

export interface Run extends Journal {
  readonly runId: string;
  readonly handle: WorkflowHandle;
  state(): Promise<RunState>;
  /** Its last state: the result is only a summary. */
  ended(): Promise<RunState>;
}
export interface Bench extends AsyncDisposable {
  readonly server: TestServer;
  readonly worker: Worker;
  /** Starts a run as the command does, a spot migration unless told; `change` replaces activities of this run only. */
  start(
    change?: Partial<HarnessActivities>,
    input?: Partial<ScenarioInput>,
    scenario?: ScenarioDefinition,
  ): Promise<Run>;
}

export const INPUT: ScenarioInput = {
  seed: 7,
  approve: 'auto',
  prices: 'reference',
  preset: 'calm',
  faults: [],
  gitRevision: 'abc1234',
};

/** One worker for all runs of a file: each run brings its own activities, found by the run id in their input. */
export async function openBench(): Promise<Bench> {
  // Failing activities are the subject here; their stack traces are not.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startHarnessServer();
  const scripts = new Map<string, HarnessActivities>();
  const worker = await createWorker(server.address, byRun(scripts));
  const polling = worker.run();
  return {
    server,
    worker,
    start: (change = {}, input = {}, scenario = SPOT_MIGRATION) =>
      startOn(
        server,
        input,
        (journal, runId) => scripts.set(runId, goodActivities(journal, change)),
        scenario,
      ),
    [Symbol.asyncDispose]: async () => {
      worker.shutdown();
      await polling;
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Starts a run as the command does; `prepare` comes before any worker can see it. */
export async function startOn(
  server: TestServer,
  input: Partial<ScenarioInput> = {},
  prepare: (journal: Journal, runId: string) => void = () => undefined,
  scenario: ScenarioDefinition = SPOT_MIGRATION,
): Promise<Run> {
  const runId = randomUUID().slice(0, 8);
  const journal: Journal = { lines: [], published: [] };
  prepare(journal, runId);
  await startRun(temporalOf(server), scenario, runId, { ...INPUT, ...input });
  const handle = server.client.workflow.getHandle(workflowIdOf(runId));
  const state = () => handle.query<RunState>(RUN_STATE_QUERY);
  const ended = async () => {
    await handle.result();
    return state();
  };
  return { ...journal, runId, handle, state, ended };
}

/** As the command is connected. */
export function temporalOf({ client }: TestServer): Parameters<typeof startRun>[0] {
  if (!(client.connection instanceof Connection)) throw new TypeError('the test server is reached by TCP');
  return { client, connection: client.connection, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** The harness's activities, each handing over to those of the run that its input names. */
function byRun(scripts: ReadonlyMap<string, HarnessActivities>): HarnessActivities {
  const names = Object.keys(goodActivities({ lines: [], published: [] }));
  const entries = names.map((name) => [
    name,
    (input: {
      runId?: string;
      subject?: { runId: string };
      prospect?: { runId: string };
      run?: RunState;
    }) => {
      const known = input.subject ?? input.prospect ?? input.run;
      const runId = runIdOfFixture(input.runId ?? known?.runId ?? '');
      const script = scripts.get(runId);
      if (script === undefined) throw new Error(`${name} was asked for an unknown run ${runId}`);
      return script[name as keyof HarnessActivities](input as never);
    },
  ]);
  return Object.fromEntries(entries) as HarnessActivities;
}

export async function until(run: Run, what: string, condition: (run: Run) => boolean | Promise<boolean>) {
  await waitFor(
    async () =>
      (await condition(run)) ? { done: true, value: undefined } : { done: false, observed: run.lines },
    { condition: what, deadlineMs: 40_000, intervalMs: 50, clock: wallClock },
  );
}

export function phaseOf(state: RunState, name: string): PhaseRecord {
  const found = state.phases.find((phase) => phase.name === name);
  if (found === undefined) throw new Error(`no phase ${name}`);
  return found;
}
