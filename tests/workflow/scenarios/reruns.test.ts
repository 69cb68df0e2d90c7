import { join } from 'node:path';

import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ActivityDependencies } from '../../../activities/context.ts';
import { orderRerun } from '../../../src/cli/runs/order-rerun.ts';
import { planRerun, type RerunWish } from '../../../src/cli/runs/plan-rerun.ts';
import type { HarnessActivities } from '../../../src/contracts/activities.ts';
import {
  fixtureIdOf,
  RELEASE_UPDATE,
  RERUN_UPDATE,
  type RerunOrder,
} from '../../../src/contracts/attempts.ts';
import type { RunState, ScenarioInput } from '../../../src/contracts/runs.ts';
import { ROLLBACK, SCENARIOS, type ScenarioDefinition } from '../../../src/contracts/scenarios/index.ts';
import { describeError, OptiInfraError } from '../../../src/support/errors.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { sweepOnce } from '../../../worker/sweeper.ts';
import { wallClock } from '../support/temporal-server.ts';
import { observed } from './fake-harness.ts';
import { openBench, phaseOf, temporalOf, until, type Bench, type Run } from './scenario-bench.ts';

const { RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL: SIGNAL, RESET_REAPPLY_EXCLUDE_TYPE_UPDATE: UPDATE } =
  proto.temporal.api.enums.v1.ResetReapplyExcludeType;

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const KEPT: Partial<ScenarioInput> = { keepOnRedMs: 600_000 };
const WISH: RerunWish = { from: undefined, settings: {}, faults: undefined, by: 'dana', reason: 'mended' };

/** Answers of the quality measurement in turn: red as long as the list says so. */
function quality(...values: readonly number[]): Partial<HarnessActivities> {
  const left = [...values];
  return {
    measureQuality: async () => {
      const value = left.shift();
      return observed('measureQuality', {}, value === undefined ? {} : { 'after.quality': { value } });
    },
  };
}

function startRed(
  change: Partial<HarnessActivities>,
  input: Partial<ScenarioInput> = {},
  scenario?: ScenarioDefinition,
): Promise<Run> {
  return bench.start(change, { ...KEPT, ...input }, scenario);
}

const held = (run: Run) =>
  until(run, 'the hold', async (each) => {
    const { keptUntil, status } = await each.state();
    return keptUntil !== undefined && status === 'finished';
  });

async function sourceOf(run: Run) {
  const state = await run.state();
  const definition = SCENARIOS.find(({ name }) => name === state.scenario)!;
  const { events } = await run.handle.fetchHistory();
  return { state, definition, events: events ?? [], nowMs: wallClock.wallMs() };
}

/** As `e2e rerun` does. */
async function rerun(run: Run, wish: Partial<RerunWish> = {}): Promise<string> {
  const source = await sourceOf(run);
  return orderRerun(
    temporalOf(bench.server),
    source.state,
    planRerun(source, { ...WISH, ...wish }),
    wallClock,
  );
}

/** The reset alone, as somebody does it in Temporal's UI. */
async function resetTo(run: Run, from: string): Promise<RunState> {
  const source = await sourceOf(run);
  const { resetPoint } = planRerun(source, { ...WISH, from });
  await bench.server.client.workflowService.resetWorkflowExecution({
    namespace: 'e2e',
    workflowExecution: { workflowId: run.handle.workflowId },
    reason: 'by hand',
    requestId: run.runId,
    workflowTaskFinishEventId: resetPoint,
    resetReapplyExcludeTypes: [SIGNAL, UPDATE],
  });
  return source.state;
}

async function refused(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error('was not refused'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof WorkflowUpdateFailedError) return describeError(error.cause);
  if (!(error instanceof OptiInfraError)) throw error;
  return `${error.code}: ${error.message}`;
}
const order = (run: Run, ordered: unknown) =>
  run.handle.executeUpdate<string, [unknown]>(RERUN_UPDATE, { args: [ordered] });

describe('a re-run', () => {
  test('from the red phase keeps what was before it, and passes; the first verdict stays', async () => {
    const run = await startRed(quality(0.5));
    await held(run);
    const before = await run.state();
    expect(before).toMatchObject({ verdict: 'failed', cleanup: 'pending', attempt: 1 });
    expect(before.attempts).toBeUndefined();
    expect(run.lines).not.toContain('cleanUp');
    expect(run.published.map(({ verdict }) => verdict)).toEqual(['failed']);

    expect(await rerun(run)).toBe('attempt 2 begins at validate-quality');
    const after = await run.ended();
    expect(after).toMatchObject({ verdict: 'passed', cleanup: 'done', attempt: 2, runId: before.runId });
    expect(after.keptUntil).toBeUndefined();
    expect(after.attempts).toMatchObject([
      { attempt: 1, order: null, verdict: 'failed', redPhase: 'validate-quality' },
      {
        attempt: 2,
        order: { fromPhase: 'validate-quality', by: 'dana', reason: 'mended', settings: {} },
        verdict: 'passed',
        redPhase: null,
      },
    ]);
    expect(after.attempts?.[0]?.temporalRunId).toBe(before.temporal.workflowRunId);
    expect(after.temporal.workflowRunId).not.toBe(before.temporal.workflowRunId);
    const times = (name: string) => run.lines.filter((line) => line === name).length;
    expect([times('recordInitialState'), times('monitorExecution'), times('measureQuality')]).toEqual([
      1, 1, 2,
    ]);
    expect(phaseOf(after, 'monitor-execution').startedAt).toBe(
      phaseOf(before, 'monitor-execution').startedAt,
    );
    expect([times('cleanUp'), times('publishRun')]).toEqual([1, 2]);
  });

  test('that is red again is kept again, and every attempt has its row', async () => {
    const run = await startRed(quality(0.5, 0.6));
    await held(run);
    await rerun(run);
    await until(
      run,
      'the second hold',
      async (each) => (await each.state()).attempts?.[1]?.verdict === 'failed',
    );
    await rerun(run, { reason: 'once more' });
    const after = await run.ended();
    expect(after).toMatchObject({ verdict: 'passed', attempt: 3 });
    expect(after.attempts?.map(({ verdict, order: ordered }) => [verdict, ordered?.reason ?? null])).toEqual([
      ['failed', null],
      ['failed', 'mended'],
      ['passed', 'once more'],
    ]);
  });

  test('repeats the faults of its phase, unless it is told others', async () => {
    const faults = [{ phase: 'validate-quality', fault: { kind: 'stop-traffic' as const } }];
    const run = await startRed(quality(0.5, 0.5), { faults });
    await held(run);
    await rerun(run);
    await until(
      run,
      'the second hold',
      async (each) => (await each.state()).attempts?.[1]?.verdict === 'failed',
    );
    expect(run.lines.filter((line) => line === 'injectFault (stop-traffic)')).toHaveLength(2);
    const mend = [{ phase: 'validate-quality', fault: { kind: 'clear-faults' as const } }];
    await rerun(run, { faults: mend });
    const after = await run.ended();
    expect(after).toMatchObject({ verdict: 'passed', input: { faults: mend } });
    expect(after.attempts?.[2]?.order?.faults).toEqual(mend);
    expect(run.lines.filter((line) => line.startsWith('injectFault'))).toEqual([
      'injectFault (stop-traffic)',
      'injectFault (stop-traffic)',
      'injectFault (clear-faults)',
    ]);
  });

  test('from the first phase makes the customer anew, also when the first one is gone', async () => {
    const runIds: string[] = [];
    const wanted: ScenarioInput[] = [];
    const run = await bench.start(
      {
        prepareCustomer: (input) => {
          runIds.push(input.runId);
          wanted.push(input.scenario);
          return Promise.reject(ApplicationFailure.create({ type: 'NOT_FOUND', message: 'no capacity' }));
        },
      },
      { settings: { 'fail-at': 'validate_canary' } },
      ROLLBACK,
    );
    expect(await run.ended()).toMatchObject({ verdict: 'infra-error', cleanup: 'done' });
    expect(await refused(rerun(run, { from: 'trigger-cost-analysis' }))).toContain('RERUN_REFUSED: run');
    await rerun(run, { from: 'record-initial-state', settings: { 'fail-at': 'full_migration' } });
    const after = await run.ended();
    expect(after).toMatchObject({ attempt: 2, input: { settings: { 'fail-at': 'full_migration' } } });
    expect([...new Set(runIds)]).toEqual([run.runId, `${run.runId}.a2`]);
    expect(wanted.at(-1)?.settings).toEqual({ 'fail-at': 'full_migration' });
    expect(run.lines.filter((line) => line === 'cleanUp')).toHaveLength(3);
  });

  test('that nobody orders in time is an infrastructure error which says so; nothing is run', async () => {
    const run = await bench.start(quality(0.5), { keepOnRedMs: 600_000 });
    await held(run);
    await resetTo(run, 'validate-quality');
    await until(run, 'the end of the wait', async (each) => (await each.state()).verdict === 'infra-error');
    const after = await run.state();
    expect(phaseOf(after, 'validate-quality').error).toBe(
      'the run was reset, but nobody ordered an attempt within 30 s: use `e2e rerun`',
    );
    expect(after.attempts).toMatchObject([
      { attempt: 1, verdict: null },
      { attempt: 2, order: null, verdict: 'infra-error' },
    ]);
    expect(run.lines.filter((line) => line === 'measureQuality')).toHaveLength(1);
    await run.handle.cancel();
    await run.handle.result();
  }, 90_000);

  test('is ordered once, for this run, with what the scenario has', async () => {
    const run = await startRed(quality(0.5));
    await held(run);
    const state = await sourceOf(run);
    const { order: good } = planRerun(state, WISH);
    expect(await refused(order(run, good))).toBe(
      'the run was not reset: `e2e rerun` does that before it orders',
    );
    await resetTo(run, 'validate-quality');
    const wrong: readonly [Partial<Record<keyof RerunOrder, unknown>>, string][] = [
      [{ attempt: 1 }, 'attempt must be a whole number from 2'],
      [{ earlier: [] }, 'earlier must tell of the 1 attempts before it'],
      [{ by: ' ' }, 'by must name who orders'],
      [{ reason: '' }, 'reason must say why'],
      [{ fromPhase: 'no-such' }, 'there is no phase "no-such"'],
      [
        { fromPhase: 'record-initial-state' },
        'the run was reset to validate-quality, not to record-initial-state',
      ],
      [{ settings: { speed: 'high' } }, 'there is no setting speed'],
      [{ settings: null }, 'settings must be an object'],
      [{ faults: [{ phase: 'no-such' }] }, 'a fault names no phase of this scenario: "no-such"'],
    ];
    await until(run, 'the wait for an order', async ({ handle }) => {
      const { events } = await handle.fetchHistory();
      return events?.at(-1)?.timerStartedEventAttributes !== undefined;
    });
    for (const [change, says] of wrong) expect(await refused(order(run, { ...good, ...change }))).toBe(says);
    expect(await refused(order(run, null))).toBe('attempt must be a whole number from 2');
    await order(run, good);
    expect(await run.ended()).toMatchObject({ verdict: 'passed', attempt: 2 });
  });
});

describe('the hold of a red run', () => {
  test('ends by its time, and then everything is cleaned', async () => {
    const run = await startRed(quality(0.5), { keepOnRedMs: 1_500 });
    const after = await run.ended();
    expect(after).toMatchObject({ verdict: 'failed', cleanup: 'done', holdEnded: { how: 'time', by: null } });
    expect(after.keptUntil).toBeUndefined();
    expect(run.lines.slice(-3)).toEqual(['publishRun', 'cleanUp', 'publishRun']);
  });

  test('ends by a release, who and why stay; nonsense is refused', async () => {
    const run = await startRed(quality(0.5));
    await held(run);
    const release = (typed: unknown) =>
      run.handle.executeUpdate<string, [unknown]>(RELEASE_UPDATE, { args: [typed] });
    expect(await refused(release({ by: ' ', reason: 'x' }))).toBe('by must name who releases it');
    expect(await refused(release(null))).toBe('by must name who releases it');
    expect(await refused(release({ by: 'dana' }))).toBe('reason must say why');
    await release({ by: 'dana', reason: 'understood' });
    expect(await run.ended()).toMatchObject({
      verdict: 'failed',
      cleanup: 'done',
      holdEnded: { how: 'release', by: 'dana', reason: 'understood' },
    });
  });

  test('ends by a cancellation, which cleans up and keeps the verdict', async () => {
    const run = await startRed(quality(0.5));
    await held(run);
    await run.handle.cancel();
    expect(await run.ended()).toMatchObject({
      verdict: 'failed',
      cleanup: 'done',
      holdEnded: { how: 'cancellation' },
    });
    expect(run.lines.filter((line) => line === 'cleanUp')).toHaveLength(1);
  });

  test('is for red runs only: a run that passed or was cancelled keeps nothing', async () => {
    const passed = await startRed({});
    expect(await passed.ended()).toMatchObject({ verdict: 'passed', cleanup: 'done' });
    expect((await passed.state()).holdEnded).toBeUndefined();
    const cancelled = await startRed({
      measureQuality: () => Promise.reject(new Error('cancel me')),
    });
    await until(cancelled, 'the phase', ({ lines }) => lines.includes('measureQuality'));
    await cancelled.handle.cancel();
    expect(await cancelled.ended()).toMatchObject({ verdict: 'cancelled', cleanup: 'done' });
    expect((await cancelled.state()).holdEnded).toBeUndefined();
  });
});

describe('a re-run is refused', () => {
  test('when its customer is gone, with the time since', async () => {
    const run = await bench.start(quality(0.5));
    await run.ended();
    const said = await refused(rerun(run));
    expect(said).toMatch(
      /cannot begin at validate-quality: its customer cus_acme-corp is gone since 20\d\d-.*Z$/,
    );
  });

  test('when it would repeat what is done once', async () => {
    const run = await startRed(quality(0.5));
    await held(run);
    expect(await refused(rerun(run, { from: 'customer-approval' }))).toContain(
      'cannot begin at customer-approval: customer-approval has been done, and a recommendation is decided once',
    );
    expect(await refused(rerun(run, { from: '6' }))).toContain('carried out once');
    expect(await refused(rerun(run, { from: 'verify-learning' }))).toContain(
      'never began verify-learning in attempt 1',
    );
    expect(await refused(rerun(run, { from: 'validate-qualty' }))).toContain(
      'has no phase "validate-qualty"',
    );
    await run.handle.cancel();
    await run.handle.result();
  });

  test('while the run goes on, and where nothing is red', async () => {
    const gate = Promise.withResolvers<undefined>();
    const run = await bench.start({
      measureSavings: async () => {
        await gate.promise;
        return observed('measureSavings', { savingsUsdPerMonth: 57_150 });
      },
    });
    await until(run, 'the phase', ({ lines }) => lines.includes('measureSavings'));
    expect(await refused(rerun(run))).toContain('is still running');
    gate.resolve(undefined);
    await run.ended();
    expect(await refused(rerun(run))).toContain('has no red phase to begin at');
  });

  test('when a setting was read before its phase', async () => {
    const nothing = async () => ({ evidence: [], notes: [], output: null });
    const run = await startRed({ awaitRecommendation: nothing }, {}, ROLLBACK);
    await held(run);
    expect((await run.state()).settingsRead).toEqual({ 'fail-at': 0 });
    const settings = { 'fail-at': 'full_migration' };
    expect(await refused(rerun(run, { settings }))).toContain(
      'cannot change fail-at at await-recommendation: it was read before',
    );
    const { order: good } = planRerun(await sourceOf(run), WISH);
    await resetTo(run, 'await-recommendation');
    expect(await refused(order(run, { ...good, settings }))).toBe(
      'setting fail-at was read before this phase: begin at the first phase to change it',
    );
    await run.handle.cancel();
    await run.handle.result();
  });
});

test('the history of a run that was reset, once and again, fits the code', async () => {
  const run = await startRed(quality(0.5, 0.5));
  await held(run);
  await rerun(run);
  await until(
    run,
    'the second hold',
    async (each) => (await each.state()).attempts?.[1]?.verdict === 'failed',
  );
  await rerun(run);
  await run.ended();
  const { codePath } = await loadWorkflowBundle({
    entry: join(process.cwd(), 'workflows', 'index.ts'),
    cacheDir: join(process.cwd(), '.cache', 'bundles'),
  });
  const histories = bench.server.client.workflow
    .list({ query: `WorkflowId = '${run.handle.workflowId}'` })
    .intoHistories();
  const errors: unknown[] = [];
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: { codePath } }, histories)) {
    errors.push(error);
  }
  expect(errors).toEqual([undefined, undefined, undefined]);
});

test('the sweeper leaves a run alone that is kept, and sweeps every attempt of one that is over', async () => {
  const run = await startRed(quality(0.5));
  await held(run);
  const swept: string[] = [];
  const sites = [run.runId, fixtureIdOf(run.runId, 2)].map((runId) => ({ runId, site: { siteId: runId } }));
  const dependencies = {
    world: {
      sites: async () => sites.filter(({ runId }) => !swept.includes(runId)),
      removeSite: async (siteId: string) => void swept.push(siteId),
    },
    database: { rows: async () => [] },
    harness: { logger: { warn: () => undefined } },
  } as unknown as ActivityDependencies;
  const isOver = async () => (await run.handle.describe()).status.name !== 'RUNNING';
  expect(await sweepOnce(dependencies, isOver)).toEqual([]);
  await run.handle.terminate('by a person');
  expect(await sweepOnce(dependencies, isOver)).toEqual([run.runId, `${run.runId}.a2`]);
});
