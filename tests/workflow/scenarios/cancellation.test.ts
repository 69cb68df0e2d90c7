import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { heartbeating } from '../../../activities/context.ts';
import { openBench, phaseOf, until, type Bench } from './scenario-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Waits as a real activity does: with heartbeats, until it is cancelled. */
const forEver = () => heartbeating(() => new Promise<never>(() => undefined));
const count = (lines: readonly string[], name: string) => lines.filter((line) => line === name).length;

test('cancelled while the customer is prepared: nothing was measured, all of it is cleaned', async () => {
  const run = await bench.start({ prepareCustomer: forEver });
  await until(run, 'the fixture to start', ({ lines }) => lines.length > 0);
  await run.handle.cancel();
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'cancelled', cleanup: 'done', status: 'finished' });
  expect(state.phases[0]).toMatchObject({ verdict: 'cancelled', error: 'cancelled' });
  expect(run.lines).toEqual(['prepareCustomer (Acme Corp)', 'cleanUp', 'publishRun']);
});

test('cancelled during a long wait: later phases are not reached, the clean-up runs once', async () => {
  const run = await bench.start({ monitorExecution: forEver });
  await until(run, 'the wait', ({ lines }) => lines.includes('monitorExecution'));
  await run.handle.cancel();
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'cancelled', cleanup: 'done' });
  expect(phaseOf(state, 'customer-approval').verdict).toBe('passed');
  expect(phaseOf(state, 'monitor-execution')).toMatchObject({ verdict: 'cancelled', error: 'cancelled' });
  expect(phaseOf(state, 'validate-quality').status).toBe('not-reached');
  expect(run.lines.slice(-3)).toEqual(['collectEvidence', 'cleanUp', 'publishRun']);
  expect(count(run.lines, 'cleanUp')).toBe(1);
  // The workflow ends normally: its result, the verdict, outlives the cancellation and a suite can read it.
  expect((await run.handle.describe()).status.name).toBe('COMPLETED');
});

/** A clean-up that goes on until the test lets it end, and would notice a cancellation. */
function slowCleanUp() {
  const gate = Promise.withResolvers<undefined>();
  const ends: string[] = [];
  const cleanUp = () =>
    heartbeating(async () => {
      await gate.promise;
      ends.push(Context.current().cancellationSignal.aborted ? 'cancelled' : 'to its end');
      return [];
    });
  return { cleanUp, ends, release: () => gate.resolve(undefined) };
}

test('cancelled during the clean-up: it goes on to its end, once, and the run does not pass', async () => {
  const slow = slowCleanUp();
  const run = await bench.start({ cleanUp: slow.cleanUp });
  await until(run, 'the clean-up', ({ lines }) => lines.includes('cleanUp'));
  await run.handle.cancel();
  slow.release();
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'cancelled', cleanup: 'done' });
  expect(state.phases.every(({ verdict }) => verdict === 'passed')).toBe(true);
  expect(slow.ends).toEqual(['to its end']);
  expect(count(run.lines, 'cleanUp')).toBe(1);
  expect(run.published).toEqual([state]);
});

test('cancelled during the clean-up of a red run: red it stays', async () => {
  const slow = slowCleanUp();
  const run = await bench.start({
    cleanUp: slow.cleanUp,
    triggerAnalysis: async () => ({ evidence: [], notes: [], output: null }),
  });
  await until(run, 'the clean-up', ({ lines }) => lines.includes('cleanUp'));
  await run.handle.cancel();
  slow.release();
  expect(await run.ended()).toMatchObject({ verdict: 'inconclusive', cleanup: 'done' });
});

test('cancelled twice: the clean-up still runs once', async () => {
  const slow = slowCleanUp();
  const run = await bench.start({ cleanUp: slow.cleanUp, awaitRecommendation: forEver });
  await until(run, 'the wait', ({ lines }) => lines.includes('awaitRecommendation'));
  await run.handle.cancel();
  await until(run, 'the clean-up', ({ lines }) => lines.includes('cleanUp'));
  await run.handle.cancel();
  slow.release();
  expect(await run.ended()).toMatchObject({ verdict: 'cancelled', cleanup: 'done' });
  expect(count(run.lines, 'cleanUp')).toBe(1);
});
