import { ApplicationFailure, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { TASK_QUEUES } from '../../../src/contracts/environment.ts';
import { SEARCH_ATTRIBUTES, workflowIdOf } from '../../../src/contracts/runs.ts';
import { suiteRunIdOf, type SuiteState } from '../../../src/contracts/suites.ts';
import { INPUT } from '../scenarios/scenario-bench.ts';
import { named, openSuiteBench, terminate, type SuiteBench } from './suite-bench.ts';

let bench: SuiteBench;
beforeAll(async () => {
  bench = await openSuiteBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const outcomes = ({ items }: SuiteState) => items.map(({ scenario, outcome }) => [scenario, outcome]);
const THREE = named('spot-migration', 'spot-rollback', 'rollback');

test('a green suite: every run a child that can be found and understood by itself', async () => {
  const run = await bench.start(THREE);
  const state = await run.ended();
  expect(state).toMatchObject({ status: 'finished', verdict: 'passed', seed: 7, errors: [] });
  expect(outcomes(state)).toEqual([
    ['spot-migration', 'passed'],
    ['spot-rollback', 'passed'],
    ['rollback', 'passed'],
  ]);
  expect(run.published).toEqual([state]);
  expect(await run.handle.result()).toEqual(state);
  expect(run.inputs.every(({ suiteId, seed }) => suiteId === run.suiteId && seed === 7)).toBe(true);
  expect(run.peaks.get('all')).toBeLessThanOrEqual(2);

  const child = bench.server.client.workflow.getHandle(workflowIdOf(suiteRunIdOf(run.suiteId, 1, 1)));
  const described = await child.describe();
  const attribute = (name: string) =>
    described.typedSearchAttributes.get(defineSearchAttributeKey(name, SearchAttributeType.KEYWORD));
  expect(attribute(SEARCH_ATTRIBUTES.scenario)).toBe('spot-migration');
  expect(attribute(SEARCH_ATTRIBUTES.gitRevision)).toBe('abc1234');
  expect(described.memo).toMatchObject({ scenario: 'spot-migration', input: { seed: 7 } });
  expect(await described.staticSummary()).toBe('Spot migration, seed 7');

  const suite = await run.handle.describe();
  const verdict = defineSearchAttributeKey(SEARCH_ATTRIBUTES.verdict, SearchAttributeType.KEYWORD);
  expect(suite.typedSearchAttributes.get(verdict)).toBe('passed');
  const metadata = await run.handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(metadata.currentDetails).toContain('**test** — passed');
  expect(metadata.currentDetails).toContain('| 2 | spot-rollback | ✅ passed |');
});

test('one red run makes the suite red, the others go on, and the reason is kept', async () => {
  const run = await bench.start(THREE, { 'spot-rollback': ['failed'] });
  const state = await run.ended();
  expect(state.verdict).toBe('failed');
  expect(outcomes(state).map(([, outcome]) => outcome)).toEqual(['passed', 'failed', 'passed']);
  expect(state.items[1]?.runs[0]).toMatchObject({ verdict: 'failed', reason: 'phase: failed' });
});

test('fail-fast starts nothing after a red run and says what blocked the rest', async () => {
  const run = await bench.start({ ...THREE, parallel: 1, failFast: true }, { 'spot-migration': ['failed'] });
  const state = await run.ended();
  expect(state.verdict).toBe('failed');
  expect(run.begun).toEqual(['spot-migration 1']);
  expect(state.items.slice(1)).toMatchObject([
    { outcome: 'blocked', blockedFor: 'red-run', runIds: [] },
    { outcome: 'blocked', blockedFor: 'red-run', runIds: [] },
  ]);
  expect(state.items[1]?.blockedBy).toContain(
    `spot-migration (${suiteRunIdOf(run.suiteId, 1, 1)}) is failed`,
  );
});

test('passed on retry is flaky, never passed: the suite is inconclusive', async () => {
  const run = await bench.start({ ...THREE, retries: 2 }, { 'spot-rollback': ['failed', 'passed'] });
  const state = await run.ended();
  expect(state.verdict).toBe('inconclusive');
  expect(state.items[1]).toMatchObject({
    outcome: 'flaky',
    runIds: [suiteRunIdOf(run.suiteId, 2, 1), suiteRunIdOf(run.suiteId, 2, 2)],
    runs: [{ verdict: 'failed' }, { verdict: 'passed' }],
  });
  // The same world again: another seed would prove something else.
  expect(new Set(run.inputs.map(({ seed }) => seed))).toEqual(new Set([7]));
});

test('a run that fails every try stays failed', async () => {
  const run = await bench.start({ ...named('rollback'), retries: 2 }, { rollback: ['failed'] });
  const state = await run.ended();
  expect(state.verdict).toBe('failed');
  expect(state.items[0]?.runs).toHaveLength(3);
});

test('a missing requirement blocks its item with what is missing, and the suite is not green', async () => {
  const run = await bench.start(
    THREE,
    {},
    {
      checkScenario: async ({ scenario }) => ({
        missing: scenario === 'rollback' ? 'needs a time scale of at least 10' : null,
      }),
    },
  );
  const state = await run.ended();
  expect(state.verdict).toBe('infra-error');
  expect(state.items[2]).toMatchObject({
    outcome: 'blocked',
    blockedFor: 'requirement',
    blockedBy: 'needs a time scale of at least 10',
    runIds: [],
  });
});

test('requirements that cannot be checked block as well', async () => {
  const run = await bench.start(
    named('rollback'),
    {},
    {
      checkScenario: () => Promise.reject(ApplicationFailure.nonRetryable('no such scenario', 'USAGE')),
    },
  );
  const state = await run.ended();
  expect(state.verdict).toBe('infra-error');
  expect(state.items[0]?.blockedBy).toBe('its requirements cannot be checked: USAGE: no such scenario');
});

test('cancelled: children clean up, the rest is blocked, and all of it is said', async () => {
  const run = await bench.start(THREE, { 'spot-migration': ['for-ever'], 'spot-rollback': ['for-ever'] });
  await run.until('both to run', ({ begun }) => begun.length === 2);
  await run.handle.cancel();
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'cancelled', status: 'finished' });
  expect(outcomes(state).map(([, outcome]) => outcome)).toEqual(['cancelled', 'cancelled', 'blocked']);
  expect(state.items[2]).toMatchObject({ blockedFor: 'cancelled', blockedBy: 'the suite was cancelled' });
  expect(run.tidied.toSorted()).toEqual(['spot-migration', 'spot-rollback']);
  expect(run.published).toHaveLength(1);
});

test('a cancelled suite with a red run stays red', async () => {
  const run = await bench.start(THREE, { 'spot-migration': ['failed'], 'spot-rollback': ['for-ever'] });
  await run.until(
    'the second to run and the first to end',
    async (each) =>
      (await each.state()).items[0]?.outcome === 'failed' && each.begun.includes('spot-rollback 1'),
  );
  await run.handle.cancel();
  expect((await run.ended()).verdict).toBe('failed');
});

test('a terminated child is an infrastructure error with its cause, and the others go on', async () => {
  const run = await bench.start(THREE, { 'spot-migration': ['for-ever'] });
  await run.until('it to run', ({ begun }) => begun.includes('spot-migration 1'));
  await terminate(bench.server, suiteRunIdOf(run.suiteId, 1, 1));
  const state = await run.ended();
  expect(state.verdict).toBe('infra-error');
  expect(outcomes(state).map(([, outcome]) => outcome)).toEqual(['infra-error', 'passed', 'passed']);
  expect(state.items[0]?.runs[0]?.reason).toContain('it was terminated');
});

test('a child whose id is taken is an infrastructure error, not a hang', async () => {
  const run = await bench.start(
    { ...named('rollback', 'spot-migration'), parallel: 1 },
    { 'spot-migration': ['for-ever'], rollback: ['for-ever'] },
  );
  await run.until('the first to run', ({ begun }) => begun.length === 1);
  const taken = suiteRunIdOf(run.suiteId, 2, 1);
  await bench.server.client.workflow.start('rollback', {
    workflowId: workflowIdOf(taken),
    taskQueue: TASK_QUEUES.harness,
    args: [INPUT],
  });
  await run.until('another to have the id of the second', ({ begun }) => begun.includes('rollback 1'));
  await bench.server.client.workflow.getHandle(workflowIdOf(suiteRunIdOf(run.suiteId, 1, 1))).cancel();
  const state = await run.ended();
  expect(outcomes(state).map(([, outcome]) => outcome)).toEqual(['cancelled', 'infra-error']);
  expect(state.items[1]?.runs[0]?.reason).toContain('a run with this id exists already');
  await terminate(bench.server, taken);
});

test('a suite in one history or in several ends alike, and no run is lost or doubled', async () => {
  const run = await bench.start({ ...THREE, repeat: 3, triesPerHistory: 2 });
  const first = (await run.handle.describe()).runId;
  const state = (await run.handle.result()) as SuiteState;
  expect(state.verdict).toBe('passed');
  expect(state.items).toHaveLength(9);
  expect(run.begun.toSorted()).toEqual(
    ['rollback', 'spot-migration', 'spot-rollback'].flatMap((name) =>
      [1, 2, 3].map((n) => `${name} ${String(n)}`),
    ),
  );
  expect(state.temporal.workflowRunId).not.toBe(first);
  expect(
    (await bench.server.client.workflow.getHandle(run.handle.workflowId, first).describe()).status.name,
  ).toBe('CONTINUED_AS_NEW');
  // Each repetition has a seed of its own, the first one the suite's.
  const seeds = run.inputs.map(({ seed }) => seed);
  expect(new Set(seeds).size).toBe(3);
  expect(seeds.filter((seed) => seed === 7)).toHaveLength(3);
  expect(state.items.slice(0, 3).map(({ seed }) => seed)).toEqual([7, 7, 7]);
  expect(run.published).toEqual([state]);
}, 120_000);

test('a quota holds back its tag alone, and turns are fair', async () => {
  const run = await bench.start(
    { ...THREE, repeat: 3, parallel: 4, quotas: { rollback: 1 } },
    { 'spot-migration': ['a-moment'], 'spot-rollback': ['a-moment'], rollback: ['a-moment'] },
  );
  expect((await run.ended()).verdict).toBe('passed');
  // Both scenarios with the tag together: never two at once.
  expect(run.peaks.get('rollback')).toBe(1);
  expect(run.peaks.get('spot-rollback')).toBe(1);
  expect(run.peaks.get('all')).toBeLessThanOrEqual(4);
  expect(run.peaks.get('spot-migration')).toBeGreaterThan(1);
  const tagged = run.begun
    .filter((line) => !line.startsWith('spot-migration'))
    .map((line) => line.split(' ')[0]);
  expect(tagged).toEqual([
    'spot-rollback',
    'rollback',
    'spot-rollback',
    'rollback',
    'spot-rollback',
    'rollback',
  ]);
}, 120_000);

test('a selection that means nothing fails at once', async () => {
  const run = await bench.start(named('no-such-scenario'));
  await expect(run.handle.result()).rejects.toMatchObject({
    cause: { type: 'USAGE', message: 'no scenario is named "no-such-scenario"' },
  });
});

test('pages that cannot be written make a green suite an infrastructure error', async () => {
  const full = () => Promise.reject(ApplicationFailure.nonRetryable('the disk is full', 'NOT_READY'));
  const run = await bench.start(named('rollback'), {}, { publishSuite: full });
  const state = await run.ended();
  expect(state).toMatchObject({
    verdict: 'infra-error',
    errors: ['report · pages: NOT_READY: the disk is full'],
  });
});

test('asked to, the workflow itself fails when the suite is not green, after its pages', async () => {
  const red = await bench.start({ ...named('rollback'), failWhenNotPassed: true }, { rollback: ['failed'] });
  await expect(red.handle.result()).rejects.toMatchObject({ cause: { type: 'SUITE_NOT_PASSED' } });
  expect(red.published).toMatchObject([{ verdict: 'failed' }]);
  const green = await bench.start({ ...named('rollback'), failWhenNotPassed: true });
  expect(await green.handle.result()).toMatchObject({ verdict: 'passed' });
});
