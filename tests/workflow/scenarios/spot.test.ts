import { afterAll, beforeAll, expect, test } from 'vitest';

import type { HarnessActivities, StateSnapshot } from '../../../src/contracts/activities.ts';
import type { EvidenceValue, RunState, ScenarioInput, StepAction } from '../../../src/contracts/runs.ts';
import {
  CUSTOMER_JOURNEY,
  INTERRUPTION_ARROWS,
  ONBOARDING_AWS,
  RETURN_TO_SPOT,
  ROLLBACK,
  SPOT_INTERRUPTION,
  SPOT_NO_CAPACITY,
  SPOT_ROLLBACK,
  type ScenarioDefinition,
} from '../../../src/contracts/scenarios/index.ts';
import { evidenceOf } from '../../fixtures/migration-evidence.ts';
import { SCENARIO_EVIDENCE } from '../../fixtures/scenario-evidence.ts';
import { baseline, executionEnd } from './fake-harness.ts';
import { openBench, phaseOf, type Bench } from './scenario-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

type Values = Readonly<Record<string, EvidenceValue>>;
const SNAPSHOT: StateSnapshot = { takenAtWorldMs: 0, nodes: [], runningInstanceIds: [] };
const DONE = { worldMs: 5_000, at: '2026-11-22T12:00:00.000Z', struck: ['i-5'] };
const CARRIED_OUT = { recommendationId: 'rec_2', optimizationId: 'opt_2' };

/** Activities that saw the scenario go as it should, but for `change`. */
function seeing({ name }: ScenarioDefinition, change: Values = {}): Partial<HarnessActivities> {
  const evidence = Object.values(evidenceOf({ ...SCENARIO_EVIDENCE[name]?.good, ...change }));
  const saw =
    <T>(output: T) =>
    async () => ({ evidence, notes: [], output });
  return {
    recordInitialState: saw(baseline),
    triggerAnalysis: saw({ analysisId: 'anl_1', startedAt: '2026-11-22T12:00:00.000Z' }),
    awaitRecommendation: saw({ recommendationId: 'rec_1' }),
    awaitValidations: saw({}),
    approve: saw({ optimizationId: 'opt_1' }),
    monitorExecution: saw(executionEnd),
    takeSnapshot: saw(SNAPSHOT),
    compareWithSnapshot: saw({}),
    readAudit: saw({}),
    act: saw(DONE),
    awaitEvent: saw({}),
    awaitOwnAccord: saw(CARRIED_OUT),
    countFleet: saw({}),
    measureCost: saw({ usdPerMonth: 62_900 }),
    measureWindow: saw({ startMs: 0, endMs: 1 }),
    measureSavings: saw({ savingsUsdPerMonth: 19_100 }),
    prepareProspect: async ({ runId }) => ({
      runId,
      email: `acme-corp.${runId}@e2e.example`,
      siteId: 'site_1',
      accountId: '123456789012',
      region: 'us-east-1',
      deployment: 'vllm-prod-1',
      instanceType: 'p4d.24xlarge',
      accounts: [],
      deployments: [],
    }),
    signUp: async ({ prospect }) => ({ evidence, notes: [], output: { ...prospect, customerId: 'cus_1' } }),
    tryOnboarding: saw({}),
    onboard: saw({}),
    readInstallCommand: saw({}),
    connectRuntime: saw({}),
    awaitDiscovery: saw({}),
    analyseByAll: saw({}),
    readDashboard: saw({ highestSavingId: 'rec_1' }),
    approveInPortal: saw({ optimizationId: 'opt_1' }),
    countLiveUpdates: saw({}),
    readHeartbeats: saw({}),
  };
}

async function stateOf(
  scenario: ScenarioDefinition,
  change: Partial<HarnessActivities>,
  input: Partial<ScenarioInput> = {},
): Promise<RunState> {
  const run = await bench.start(change, input, scenario);
  return await run.ended();
}

const OURS = [
  SPOT_INTERRUPTION,
  RETURN_TO_SPOT,
  SPOT_NO_CAPACITY,
  SPOT_ROLLBACK,
  ROLLBACK,
  CUSTOMER_JOURNEY,
  ONBOARDING_AWS,
].map((scenario) => ({ scenario, name: scenario.name }));

test.each(OURS)('$name passes when everything goes as it should', async ({ scenario }) => {
  const state = await stateOf(scenario, seeing(scenario));
  expect(state.phases.map(({ name, verdict }) => [name, verdict])).toEqual(
    scenario.phases.map(({ name }) => [name, 'passed']),
  );
  expect(state).toMatchObject({ verdict: 'passed', cleanup: 'done' });
});

test.each([
  [SPOT_INTERRUPTION, 'follow-replacement', 'replacement-completed', { 'replacement.status': 'rolled_back' }],
  [SPOT_INTERRUPTION, 'verify-fleet', 'whole-nodes-conserved', { 'whole.nodes.cloud': 5 }],
  [RETURN_TO_SPOT, 'follow-return', 'return-completed', { 'return.status': 'rolled_back' }],
  [RETURN_TO_SPOT, 'verify-returned', 'cost-is-back', { 'cost.monthly.returned.inventory': 82_000 }],
  [SPOT_NO_CAPACITY, 'monitor-execution', 'migration-given-up', { 'optimization.status': 'completed' }],
  [SPOT_ROLLBACK, 'verify-restored', 'state-restored', { 'state.differences': ['i-1 is gone'] }],
  [ROLLBACK, 'verify-audit', 'rollback-in-time', { 'rollback.scale-one-seconds': 301 }],
  [CUSTOMER_JOURNEY, 'dashboard', 'spend-as-inventory', { 'dashboard.spend.inventory': 90_000 }],
  [CUSTOMER_JOURNEY, 'watch-rollout', 'live-updates-as-stored', { 'live.stored': 41 }],
  [ONBOARDING_AWS, 'refuse-bad-role', 'nothing-kept-of-them', { 'refusals.stored': 1 }],
] as const)('%o is red at %s by %s', async (scenario, phase, gate, change) => {
  const state = await stateOf(scenario, seeing(scenario, change));
  const red = phaseOf(state, phase).gates.filter(({ verdict }) => verdict === 'failed');
  expect(red.map((result) => result.gate)).toContain(gate);
  expect(state).toMatchObject({ verdict: 'failed', cleanup: 'done' });
});

test.each([
  ['the seed', {}, [INTERRUPTION_ARROWS[1]]],
  ['one that was asked for', { settings: { after: 'full_migration' } }, ['full_migration']],
  ['all', { settings: { after: 'every' } }, INTERRUPTION_ARROWS],
])('nodes are taken at the arrows of %s', async (_, input, expected) => {
  const planned: StepAction[] = [];
  const good = seeing(SPOT_INTERRUPTION);
  await stateOf(
    SPOT_INTERRUPTION,
    {
      ...good,
      monitorExecution: async (asked) => {
        planned.push(...asked.actions);
        return good.monitorExecution!(asked);
      },
    },
    { seed: 7, ...input },
  );
  expect(planned.map(({ at, action }) => [at.name, at.when, action.kind])).toEqual(
    expected.map((name) => [name, 'completed', 'reclaim']),
  );
});

test('the way of a customer ends where its account cannot be made, and what it left is taken down', async () => {
  const run = await bench.start(
    seeing(ONBOARDING_AWS, { 'account.signup': '500 INTERNAL' }),
    {},
    ONBOARDING_AWS,
  );
  const state = await run.ended();
  expect(state).toMatchObject({ verdict: 'failed', customerId: null, cleanup: 'done' });
  expect(run.lines.filter((line) => line.startsWith('cleanUp'))).toHaveLength(1);
});
