import { WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { heartbeating } from '../../../activities/context.ts';
import type { HarnessActivities } from '../../../src/contracts/activities.ts';
import {
  DECIDE_UPDATE,
  REFUSED_SIGNAL,
  type ApprovalDecision,
  type ApprovalTerms,
} from '../../../src/contracts/runs.ts';
import { describeError } from '../../../src/support/errors.ts';
import { observed } from './fake-harness.ts';
import { openBench, phaseOf, until, type Bench, type Run } from './scenario-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const YES: ApprovalDecision = { decision: 'approve', by: 'dana', reason: 'the numbers hold' };
const forEver = () => heartbeating(() => new Promise<never>(() => undefined));

function startManual(change: Partial<HarnessActivities> = {}): Promise<Run> {
  return bench.start({ awaitDecisionElsewhere: forEver, ...change }, { approve: 'manual' });
}
const waiting = (run: Run) =>
  until(run, 'the run to ask', ({ lines }) => lines.includes('awaitDecisionElsewhere'));
const decide = (run: Run, decision: unknown) =>
  run.handle.executeUpdate<string, [unknown]>(DECIDE_UPDATE, { args: [decision] });

/** The text of a refusal; anything but a refusal fails the test. */
async function refusal(run: Run, decision: unknown): Promise<string> {
  const error: unknown = await decide(run, decision).catch((thrown: unknown) => thrown);
  if (!(error instanceof WorkflowUpdateFailedError)) throw new Error('was not refused', { cause: error });
  return describeError(error.cause);
}

test('a person approves: who and why reach the platform, and the run goes on', async () => {
  const decisions: ApprovalDecision[] = [];
  const run = await startManual({
    approve: async ({ decision }) => {
      decisions.push(decision);
      return observed('approve', { optimizationId: 'opt_1' });
    },
  });
  await waiting(run);
  expect(await decide(run, YES)).toBe('approve recorded for dana');
  expect(await run.ended()).toMatchObject({ verdict: 'passed' });
  expect(decisions).toEqual([YES]);
});

test('a decision before the run asks is refused and leaves no trace', async () => {
  const gate = Promise.withResolvers<undefined>();
  const run = await startManual({
    awaitRecommendation: () =>
      heartbeating(async () => {
        await gate.promise;
        return observed('awaitRecommendation', { recommendationId: 'rec_1' });
      }),
  });
  await until(run, 'the phase before', ({ lines }) => lines.includes('awaitRecommendation'));
  expect(await refusal(run, YES)).toBe('the run does not wait for an approval now');
  gate.resolve(undefined);
  await waiting(run);
  expect(phaseOf(await run.state(), 'customer-approval').status).toBe('running');
  await decide(run, YES);
  expect(await run.ended()).toMatchObject({ verdict: 'passed' });
});

test('what is no decision is refused by the field that is wrong, and the run waits on', async () => {
  const run = await startManual();
  await waiting(run);
  expect(await refusal(run, { ...YES, decision: 'maybe' })).toBe('decision must be approve or reject');
  expect(await refusal(run, 'approve')).toBe('decision must be approve or reject');
  expect(await refusal(run, null)).toBe('decision must be approve or reject');
  expect(await refusal(run, { ...YES, by: '  ' })).toBe('by must name the person who decides');
  expect(await refusal(run, { decision: 'approve', reason: 'x' })).toBe(
    'by must name the person who decides',
  );
  expect(await refusal(run, { ...YES, reason: '' })).toBe('reason must say why');
  expect(await refusal(run, { ...YES, reason: 7 })).toBe('reason must say why');
  expect(phaseOf(await run.state(), 'customer-approval').status).toBe('running');
  expect(run.lines.some((line) => line.startsWith('approve'))).toBe(false);
  await decide(run, YES);
  expect(await run.ended()).toMatchObject({ verdict: 'passed' });
});

test('the first decision counts, the second is refused', async () => {
  const gate = Promise.withResolvers<undefined>();
  const run = await startManual({
    approve: () =>
      heartbeating(async () => {
        await gate.promise;
        return observed('approve', { optimizationId: 'opt_1' });
      }),
  });
  await waiting(run);
  await decide(run, YES);
  expect(await refusal(run, { ...YES, by: 'eli', decision: 'reject' })).toBe('already decided by dana');
  gate.resolve(undefined);
  expect(await run.ended()).toMatchObject({ verdict: 'passed' });
  expect(run.lines).toContain('approve (approve by dana)');
});

test('a decision made elsewhere wins, and an Update after it is refused', async () => {
  const portal = Promise.withResolvers<ApprovalDecision>();
  const gate = Promise.withResolvers<undefined>();
  const run = await startManual({
    awaitDecisionElsewhere: () => heartbeating(() => portal.promise),
    recordDecision: () =>
      heartbeating(async () => {
        await gate.promise;
        return observed('approve', { optimizationId: 'opt_1' });
      }),
  });
  await waiting(run);
  portal.resolve({ decision: 'approve', by: 'owner@acme.example', reason: 'in the portal' });
  await until(run, 'the decision to be read', ({ lines }) => lines.includes('recordDecision'));
  expect(await refusal(run, YES)).toBe('the run does not wait for an approval now');
  gate.resolve(undefined);
  expect(await run.ended()).toMatchObject({ verdict: 'passed' });
  expect(run.lines.some((line) => line.startsWith('approve'))).toBe(false);
});

test('a rejection is carried out, and the phase is red', async () => {
  const nothing = {
    'approval.optimization': { value: [] },
    'approval.in-database': { value: false },
    'approval.audited': { value: false },
  };
  const run = await startManual({
    approve: async () => ({ ...observed('approve', { optimizationId: '' }, nothing), output: null }),
  });
  await waiting(run);
  await decide(run, { decision: 'reject', by: 'dana', reason: 'not before the holidays' });
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'failed', cleanup: 'done' });
  expect(phaseOf(state, 'customer-approval').verdict).toBe('failed');
  expect(phaseOf(state, 'monitor-execution').status).toBe('not-reached');
  expect(run.lines).toContain('approve (reject by dana)');
});

test('cancelled while it asks: a decision after that is refused', async () => {
  const gate = Promise.withResolvers<string[]>();
  const run = await startManual({ cleanUp: () => heartbeating(() => gate.promise) });
  await waiting(run);
  await run.handle.cancel();
  await until(run, 'the clean-up', ({ lines }) => lines.includes('cleanUp'));
  expect(await refusal(run, YES)).toBe('the run does not wait for an approval now');
  gate.resolve([]);
  const state = await run.ended();
  expect(state.verdict).toBe('cancelled');
  expect(phaseOf(state, 'customer-approval').verdict).toBe('cancelled');
});

test('a person has a day: neither the phase nor its wait is cut to the automatic budget', async () => {
  const run = await startManual();
  await waiting(run);
  const { raw } = await run.handle.describe();
  const [wait] = raw.pendingActivities ?? [];
  expect(Number(wait?.activityOptions?.startToCloseTimeout?.seconds)).toBeGreaterThan(86_400);
  await decide(run, YES);
  expect(await run.ended()).toMatchObject({ verdict: 'passed' });
});

/** A person has a second; nobody comes. */
function startUnattended(otherwise: ApprovalTerms['otherwise'], change: Partial<HarnessActivities> = {}) {
  return bench.start(
    { awaitDecisionElsewhere: forEver, ...change },
    { approve: 'manual', approval: { deadlineMs: 1_000, otherwise } },
  );
}

test('nobody decides in time: the default approves, and is recorded as nobody’s decision', async () => {
  const decisions: ApprovalDecision[] = [];
  const run = await startUnattended('approve', {
    approve: async ({ decision }) => {
      decisions.push(decision);
      return observed('approve', { optimizationId: 'opt_1' });
    },
  });
  expect(await run.ended()).toMatchObject({ verdict: 'passed' });
  expect(decisions).toEqual([
    { decision: 'approve', by: 'deadline (default)', reason: 'nobody decided within 1 s' },
  ]);
});

test('nobody decides in time: the default rejects, and the run is red', async () => {
  const nothing = { 'approval.optimization': { value: [] }, 'approval.in-database': { value: false } };
  const run = await startUnattended('reject', {
    approve: async () => ({ ...observed('approve', { optimizationId: '' }, nothing), output: null }),
  });
  expect(await run.ended()).toMatchObject({ verdict: 'failed' });
  expect(run.lines).toContain('approve (reject by deadline (default))');
});

test('nobody decides in time and no default decides: nothing is approved, the run is inconclusive', async () => {
  const run = await startUnattended('undecided');
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'inconclusive' });
  expect(phaseOf(state, 'customer-approval').notes).toEqual(['Nobody decided before the deadline']);
});

test('a decision for another phase is refused, and what was refused is kept with the run', async () => {
  const run = await startManual();
  await waiting(run);
  const why = 'the run asks in customer-approval, the decision is for another phase';
  expect(await refusal(run, { ...YES, phase: 'validate-quality' })).toBe(why);
  await run.handle.signal(REFUSED_SIGNAL, { by: 'dana', what: 'approve', why });
  await decide(run, { ...YES, phase: 'customer-approval' });
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'passed', refusals: [{ by: 'dana', what: 'approve', why }] });
  expect(run.published.at(-1)?.refusals).toEqual(state.refusals);
});
