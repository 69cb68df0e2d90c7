import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { heartbeating } from '../../../activities/context.ts';
import { SEARCH_ATTRIBUTES, type RunState, type Verdict } from '../../../src/contracts/runs.ts';
import { SPOT_MIGRATION } from '../../../src/contracts/scenarios/index.ts';
import { redChanges } from '../../fixtures/migration-evidence.ts';
import { baseline, executionEnd, observed, type Change, type Observer } from './fake-harness.ts';
import { openBench, phaseOf, until, type Bench } from './scenario-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

test('a migration that goes well passes, and Temporal tells its whole story', async () => {
  const run = await bench.start();
  const state = await run.ended();
  expect(state).toMatchObject({
    verdict: 'passed',
    status: 'finished',
    cleanup: 'done',
    evidenceFile: 'f00d',
  });
  expect(state.phases.map(({ verdict }) => verdict)).toEqual(SPOT_MIGRATION.phases.map(() => 'passed'));
  expect(run.lines).toEqual([
    'prepareCustomer (Acme Corp)',
    'recordInitialState',
    'triggerAnalysis',
    'awaitRecommendation',
    'awaitValidations',
    'approve (approve by scenario (automatic))',
    'monitorExecution',
    'measureQuality',
    'measureSavings',
    'prepareCustomer (Twin of Acme)',
    'verifyLearning',
    'collectEvidence',
    'cleanUp',
    'publishRun',
  ]);
  // The page is made of the same state that the workflow returns and the query shows.
  expect(run.published).toEqual([state]);
  expect(await run.state()).toEqual(state);

  const described = await run.handle.describe();
  const attribute = (name: string) => described.typedSearchAttributes.get(keyword(name));
  expect(attribute(SEARCH_ATTRIBUTES.scenario)).toBe('spot-migration');
  expect(attribute(SEARCH_ATTRIBUTES.verdict)).toBe('passed');
  expect(attribute(SEARCH_ATTRIBUTES.phase)).toBe('9-verify-learning');
  expect(attribute(SEARCH_ATTRIBUTES.customer)).toBe('cus_acme-corp');
  expect(described.memo).toMatchObject({ scenario: 'spot-migration', input: { seed: 7 } });
  expect(await described.staticSummary()).toBe('Spot migration, seed 7');
  const metadata = await run.handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(metadata.currentDetails).toContain('**Spot migration** — passed');
  expect(metadata.currentDetails).toContain('| 9 | Verifying learning loop | ✅ passed |');
});

test('a phase that lasts is found by its name while it runs', async () => {
  const run = await bench.start({
    monitorExecution: () => heartbeating(() => new Promise<never>(() => undefined)),
  });
  const query = `ExecutionStatus = "Running" AND ${SEARCH_ATTRIBUTES.phase} = "6-monitor-execution"`;
  await until(run, 'the run to be found by its phase', async () => {
    for await (const { workflowId, typedSearchAttributes } of bench.server.client.workflow.list({ query })) {
      if (workflowId !== run.handle.workflowId) continue;
      expect(typedSearchAttributes.get(keyword(SEARCH_ATTRIBUTES.customer))).toBe('cus_acme-corp');
      return true;
    }
    return false;
  });
  await run.handle.cancel();
  await run.handle.result();
});

const outputs = {
  recordInitialState: baseline,
  triggerAnalysis: { analysisId: 'anl_1', startedAt: '2026-11-22T12:00:00.000Z' },
  awaitRecommendation: { recommendationId: 'rec_1' },
  awaitValidations: {},
  approve: { optimizationId: 'opt_1' },
  monitorExecution: executionEnd,
  measureQuality: {},
  measureSavings: { savingsUsdPerMonth: 57_150 },
  verifyLearning: {},
} satisfies Record<Observer, unknown>;

/** Each phase: the activity that observes it, and its first gate. */
const firsts: readonly (readonly [phase: string, observer: Observer, gate: string])[] = [
  ['record-initial-state', 'recordInitialState', 'monthly-cost-is-the-contract'],
  ['trigger-cost-analysis', 'triggerAnalysis', 'analysis-started'],
  ['await-recommendation', 'awaitRecommendation', 'recommendation-type'],
  ['multi-agent-validation', 'awaitValidations', 'recommendation-validated'],
  ['customer-approval', 'approve', 'optimization-created'],
  ['monitor-execution', 'monitorExecution', 'optimization-successful'],
  ['validate-quality', 'measureQuality', 'quality-maintained'],
  ['validate-savings', 'measureSavings', 'cost-reduced'],
  ['verify-learning', 'verifyLearning', 'pattern-stored'],
];

function changed(observer: Observer, change: Change) {
  return { [observer]: async () => observed(observer, outputs[observer], change) };
}

function expectEndedAt(state: RunState, phase: string, verdict: Verdict, lines: readonly string[]): void {
  expect(state).toMatchObject({ verdict, cleanup: 'done', status: 'finished' });
  const position = SPOT_MIGRATION.phases.findIndex(({ name }) => name === phase);
  state.phases.forEach((each, index) => {
    if (index < position) expect(each).toMatchObject({ status: 'finished', verdict: 'passed' });
    if (index === position) expect(each).toMatchObject({ status: 'finished', verdict });
    if (index > position) expect(each).toMatchObject({ status: 'not-reached', verdict: null });
  });
  expect(lines.slice(-3)).toEqual(['collectEvidence', 'cleanUp', 'publishRun']);
}

test('the table names every phase', () => {
  expect(firsts.map(([phase]) => phase)).toEqual(SPOT_MIGRATION.phases.map(({ name }) => name));
});

test.each(firsts)('a red gate in %s ends the run there as failed', async (phase, observer, gate) => {
  const red = Object.fromEntries(Object.entries(redChanges[gate]!).map(([name, value]) => [name, { value }]));
  const run = await bench.start(changed(observer, red));
  const state = await run.ended();
  expectEndedAt(state, phase, 'failed', run.lines);
  const results = phaseOf(state, phase).gates;
  expect(results.find((result) => result.gate === gate)).toMatchObject({ verdict: 'failed' });
  expect(run.published[0]?.verdict).toBe('failed');
});

test('too few samples are inconclusive, and the run ends there', async () => {
  const run = await bench.start(
    changed('recordInitialState', { 'baseline.latency.p95': { sampleSize: 2_999 } }),
  );
  const state = await run.ended();
  expectEndedAt(state, 'record-initial-state', 'inconclusive', run.lines);
});

test('a red gate outweighs an inconclusive one', async () => {
  const run = await bench.start(
    changed('recordInitialState', {
      'baseline.latency.p95': { sampleSize: 1 },
      'cost.monthly.platform': { value: 1 },
    }),
  );
  expect(await run.ended()).toMatchObject({ verdict: 'failed' });
});

test('a phase without evidence is inconclusive', async () => {
  const nothing = { evidence: [], notes: ['No recommendation appeared'], output: null };
  const run = await bench.start({ awaitRecommendation: async () => nothing });
  const state = await run.ended();
  expectEndedAt(state, 'await-recommendation', 'inconclusive', run.lines);
  expect(phaseOf(state, 'await-recommendation').notes).toEqual(['No recommendation appeared']);
});

test('green gates without an output to go on with are inconclusive', async () => {
  const run = await bench.start({
    monitorExecution: async () => ({ ...observed('monitorExecution', executionEnd), output: null }),
  });
  expectEndedAt(await run.ended(), 'monitor-execution', 'inconclusive', run.lines);
});
