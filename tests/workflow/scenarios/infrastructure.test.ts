import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { goodMigration } from '../../fixtures/migration-evidence.ts';
import { observed } from './fake-harness.ts';
import { openBench, phaseOf, type Bench } from './scenario-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const fail = (type: string, message: string) => () =>
  Promise.reject(ApplicationFailure.create({ type, message }));
const count = (lines: readonly string[], name: string) =>
  lines.filter((line) => line.startsWith(name)).length;

test('an activity that fails for good names its phase, and the run is an infrastructure error', async () => {
  const run = await bench.start({
    measureSavings: fail('API_CALL_FAILED', 'GET /optimizations/opt_1 did not answer'),
  });
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'infra-error', cleanup: 'done' });
  expect(phaseOf(state, 'validate-savings')).toMatchObject({
    status: 'finished',
    verdict: 'infra-error',
    error: 'API_CALL_FAILED: GET /optimizations/opt_1 did not answer',
  });
  expect(phaseOf(state, 'validate-quality').verdict).toBe('passed');
  expect(phaseOf(state, 'verify-learning').status).toBe('not-reached');
  expect(count(run.lines, 'measureSavings')).toBe(8);
  expect(run.lines.slice(-3)).toEqual(['collectEvidence', 'cleanUp', 'publishRun']);
}, 90_000);

test('an infrastructure error that goes away leaves no mark', async () => {
  let calls = 0;
  const run = await bench.start({
    triggerAnalysis: async () => {
      calls += 1;
      if (calls < 3) throw ApplicationFailure.create({ type: 'API_CALL_FAILED', message: 'broken pipe' });
      return observed('triggerAnalysis', { analysisId: 'anl_1', startedAt: '2026-11-22T12:00:00.000Z' });
    },
  });
  const state = await run.ended();
  expect(state.verdict).toBe('passed');
  expect(phaseOf(state, 'trigger-cost-analysis').error).toBeNull();
  expect(calls).toBe(3);
});

test.each(['ENVIRONMENT_MISMATCH', 'USAGE', 'VALIDATION_FAILED', 'FORBIDDEN', 'NOT_FOUND'])(
  '%s is not tried again',
  async (code) => {
    const run = await bench.start({ triggerAnalysis: fail(code, 'no') });
    const state = await run.ended();
    expect(phaseOf(state, 'trigger-cost-analysis').error).toBe(`${code}: no`);
    expect(count(run.lines, 'triggerAnalysis')).toBe(1);
  },
);

test('a customer that cannot be prepared is an error of the first phase, and what was made is cleaned', async () => {
  const asked: unknown[] = [];
  const run = await bench.start({
    prepareCustomer: fail('ENVIRONMENT_MISMATCH', 'the world knows no preset calm'),
    cleanUp: async (input) => {
      asked.push(input);
      return [];
    },
  });
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'infra-error', cleanup: 'done', evidenceFile: null });
  expect(state.phases[0]).toMatchObject({
    verdict: 'infra-error',
    startedAt: null,
    error: 'ENVIRONMENT_MISMATCH: the world knows no preset calm',
  });
  // No id came back, so the clean-up goes by the run.
  expect(asked).toEqual([{ runId: run.runId }]);
  expect(run.lines).not.toContain('collectEvidence');
});

test('both customers are cleaned up', async () => {
  const asked: unknown[] = [];
  const run = await bench.start({
    cleanUp: async (input) => {
      asked.push(input);
      return [];
    },
  });
  await run.handle.result();
  expect(asked).toEqual([{ runId: run.runId }]);
});

const deaf = { cleanUp: fail('NOT_FOUND', 'the world has forgotten the site') };
const red = {
  measureQuality: async () => observed('measureQuality', {}, { 'after.quality': { value: 0.5 } }),
};

test('a clean-up that fails turns a pass into an infrastructure error, and the report is still made', async () => {
  const run = await bench.start(deaf);
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'infra-error', cleanup: 'failed' });
  expect(state.phases.every(({ verdict }) => verdict === 'passed')).toBe(true);
  expect(run.published).toEqual([state]);
});

test('a clean-up that fails does not hide a red verdict', async () => {
  const run = await bench.start({ ...deaf, ...red });
  expect(await run.ended()).toMatchObject({ verdict: 'failed', cleanup: 'failed' });
});

test('curves that cannot be gathered are missing, and change no verdict', async () => {
  const run = await bench.start({ collectEvidence: fail('NOT_FOUND', 'no such optimization') });
  expect(await run.ended()).toMatchObject({
    verdict: 'passed',
    evidenceFile: null,
    cleanup: 'done',
  });
});

test('pages that cannot be written turn a pass into an infrastructure error', async () => {
  const run = await bench.start({ publishRun: fail('NOT_FOUND', 'the disk is full') });
  expect(await run.ended()).toMatchObject({ verdict: 'infra-error', cleanup: 'done' });
});

test('a history of runs that did not take the run is said, and changes no verdict', async () => {
  const problem = 'history of runs: it cannot be written';
  const run = await bench.start({ publishRun: async () => ({ directory: 'runs', problems: [problem] }) });
  expect(await run.ended()).toMatchObject({ verdict: 'passed', cleanup: 'done', errors: [problem] });
});

test('pages that cannot be written do not hide a red verdict', async () => {
  const run = await bench.start({ publishRun: fail('NOT_FOUND', 'the disk is full'), ...red });
  expect(await run.ended()).toMatchObject({ verdict: 'failed' });
});

test('a gate that cannot read its evidence is a fault of the scenario: the run ends and says where', async () => {
  const run = await bench.start({
    measureQuality: async () => observed('measureQuality', {}, { 'after.quality': { value: 'good' } }),
  });
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'infra-error', cleanup: 'done' });
  expect(phaseOf(state, 'validate-quality').error).toBe(
    'fault of the scenario: TypeError: evidence after.quality is not a number: good',
  );
  expect(goodMigration['after.quality']).toBeTypeOf('number');
});

test('faults enter in order, each before the activities of its phase', async () => {
  const slow = { kind: 'slow-nodes', lifecycle: 'spot', factor: 1.6 } as const;
  const run = await bench.start(
    {},
    {
      faults: [
        { phase: 'monitor-execution', fault: { kind: 'spot-price-move', factor: 2 } },
        { phase: 'await-recommendation', fault: { kind: 'stop-traffic' } },
        { phase: 'monitor-execution', fault: slow },
      ],
    },
  );
  await run.handle.result();
  const between = run.lines.slice(2, run.lines.indexOf('measureQuality'));
  expect(between).toEqual([
    'triggerAnalysis',
    'injectFault (stop-traffic)',
    'awaitRecommendation',
    'awaitValidations',
    'approve (approve by scenario (automatic))',
    'injectFault (spot-price-move)',
    'injectFault (slow-nodes)',
    'monitorExecution',
  ]);
});

test('a fault that cannot be injected is an infrastructure error of its phase, which observes nothing', async () => {
  const run = await bench.start(
    { injectFault: fail('NOT_FOUND', 'no such site') },
    { faults: [{ phase: 'measure-nothing', fault: { kind: 'stop-traffic' } }] },
  );
  const state = await run.ended();
  // A drill whose fault would never strike must not pass as one.
  expect(state.verdict).toBe('infra-error');
  expect(state.phases[0]?.error).toContain('no phase measure-nothing');
  expect(run.lines).toEqual(['publishRun']);

  const second = await bench.start(
    { injectFault: fail('NOT_FOUND', 'no such site') },
    { faults: [{ phase: 'validate-quality', fault: { kind: 'stop-traffic' } }] },
  );
  const ended = await second.ended();
  expect(phaseOf(ended, 'validate-quality')).toMatchObject({
    verdict: 'infra-error',
    error: 'NOT_FOUND: no such site',
  });
  expect(second.lines).not.toContain('measureQuality');
});

/** Hangs the first time it is asked, until its worker gives it up. */
function hangingOnce<T>(answer: T) {
  let calls = 0;
  return () => {
    calls += 1;
    const { cancelled } = Context.current();
    return calls === 1 ? cancelled.catch(() => answer) : Promise.resolve(answer);
  };
}

test('pages that do not come at once are written all the same', async () => {
  const run = await bench.start({ publishRun: hangingOnce({ directory: 'runs' }) });
  expect(await run.handle.result()).toMatchObject({ verdict: 'passed' });
  expect(count(run.lines, 'publishRun')).toBe(2);
});

test('pages that fail for a while are written in the end', async () => {
  let calls = 0;
  const run = await bench.start({
    publishRun: () => {
      calls += 1;
      if (calls < 4) throw ApplicationFailure.create({ type: 'API_CALL_FAILED', message: 'busy' });
      return Promise.resolve({ directory: 'runs' });
    },
  });
  expect(await run.handle.result()).toMatchObject({ verdict: 'passed' });
});

/** Ends before anybody is asked for a customer. */
const withoutFixtures = { faults: [{ phase: 'measure-nothing', fault: { kind: 'stop-traffic' } }] } as const;

test('a run that asked for no customer has nothing to clean, and is published', async () => {
  const run = await bench.start(deaf, withoutFixtures);
  expect(await run.handle.result()).toMatchObject({ verdict: 'infra-error' });
  expect(run.lines).toEqual(['publishRun']);
  expect(run.published[0]).toMatchObject({ cleanup: 'done' });
});
