import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { HarnessActivities, Observation, StateSnapshot } from '../../../src/contracts/activities.ts';
import type { Evidence, RunState, ScenarioInput } from '../../../src/contracts/runs.ts';
import {
  BASELINE_ESTABLISHMENT,
  DEADLOCK_PREVENTION,
  HARMLESS_CHANGE,
  PARTIAL_ROLLBACK,
  QUALITY_VALIDATION,
  type ScenarioDefinition,
} from '../../../src/contracts/scenarios/index.ts';
import { evidenceOf } from '../../fixtures/migration-evidence.ts';
import { QUALITY_EVIDENCE } from '../../fixtures/quality-evidence.ts';
import { executionEnd } from './fake-harness.ts';
import { openBench, type Bench } from './scenario-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const DONE = { worldMs: 1_000, at: '2026-11-22T12:00:00.000Z', struck: [] };

/** Evidence of a run as it should go, or with what turns one of its gates red. */
function scriptOf(scenario: ScenarioDefinition, redGate?: string): Partial<HarnessActivities> {
  const { good, red } = QUALITY_EVIDENCE[scenario.name] ?? { good: {}, red: {} };
  const change = redGate === undefined ? {} : red[redGate];
  const all = Object.values(evidenceOf({ ...good, ...change }));
  const saw = async <T>(output: T, ...prefixes: readonly string[]): Promise<Observation<T>> => ({
    evidence: all.filter(({ name }: Evidence) => prefixes.some((prefix) => name.startsWith(prefix))),
    notes: [],
    output,
  });
  const snapshot: StateSnapshot = { takenAtWorldMs: 1_000, nodes: [], runningInstanceIds: ['i-1'] };
  const proposals = ['rec_1', 'rec_2'].map((recommendationId) => ({
    recommendationId,
    agentType: 'cost' as const,
    type: 'spot_migration' as const,
    deployment: `vllm-${recommendationId}`,
    savingsUsdPerMonth: 55_000,
  }));
  return {
    act: () => saw(DONE),
    triggerAnalysis: () => saw({ analysisId: 'anl_1', startedAt: '2026-11-22T12:00:00.000Z' }, 'analysis.'),
    readBaseline: ({ prefix }) => saw({ baselineId: 'qbl_1' }, `${prefix}.`),
    measureWindow: ({ prefix }) => saw({ startMs: 1_000, endMs: 61_000 }, `${prefix}.`),
    takeSnapshot: () => saw(snapshot, 'snapshot.'),
    awaitDeployed: () => saw({}, 'deploy.'),
    awaitComparison: () => saw({}, 'change.', 'comparison.'),
    awaitOwnAccord: () => saw({ recommendationId: 'rec_1', optimizationId: 'opt_1' }, 'own-accord.'),
    readDecisions: () => saw({}, 'decisions.'),
    compareWithSnapshot: () => saw({}, 'state.'),
    readAudit: () => saw({}, 'audit.'),
    monitorExecution: () => saw(executionEnd, 'optimization.', 'events.'),
    protectRetiring: () => saw({}, 'protected.'),
    inspectPartialRollback: () => saw({}, 'partial.'),
    analyseTogether: () => saw({ proposals }, 'offers.proposals', 'offers.completed'),
    awaitOpinions: () => saw({}, 'offers.opinions.'),
    refuseCycles: () => saw({}, 'cycles.', 'race.'),
    refusePlantedCycle: () => saw({}, 'planted.'),
    approveInOrder: () => saw({ firstId: 'opt_1', secondId: 'opt_2' }, 'order.'),
    awaitTurn: () => saw({}, 'turn.'),
  };
}

async function endOf(
  scenario: ScenarioDefinition,
  redGate?: string,
  input: Partial<ScenarioInput> = {},
): Promise<RunState> {
  const run = await bench.start(scriptOf(scenario, redGate), input, scenario);
  return await run.ended();
}

const STORIES: readonly (readonly [ScenarioDefinition, gate: string, phase: string])[] = [
  // A drop of 2 % is no regression: who sees an alarm here sees a false one.
  [QUALITY_VALIDATION, 'drop-proven-by-own-statistics', 'judge-change'],
  [QUALITY_VALIDATION, 'no-person-asked', 'await-rollback'],
  [HARMLESS_CHANGE, 'nothing-started', 'judge-change'],
  [BASELINE_ESTABLISHMENT, 'no-thin-baseline', 'refuse-thin-baseline'],
  [PARTIAL_ROLLBACK, 'irreversible-told-exactly', 'inspect-leftovers'],
  [DEADLOCK_PREVENTION, 'cycles-named', 'refuse-cycles'],
  [DEADLOCK_PREVENTION, 'second-after-first', 'await-turn'],
];

describe.each([...new Set(STORIES.map(([scenario]) => scenario))])('$name', (scenario) => {
  test('passes when everything is as it should be', async () => {
    const state = await endOf(scenario);
    expect(state.phases.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(state).toMatchObject({ verdict: 'passed', cleanup: 'done' });
  });
});

test.each(STORIES)('%o is red by %s', async (scenario, gate, phase) => {
  const state = await endOf(scenario, gate);
  expect(state).toMatchObject({ verdict: 'failed', cleanup: 'done' });
  const failed = state.phases.flatMap((each) =>
    each.gates.filter(({ verdict }) => verdict === 'failed').map((one) => [each.name, one.gate]),
  );
  expect(failed).toEqual([[phase, gate]]);
});

test('what is delivered follows the seed, and a setting goes before it', async () => {
  const delivered = async (input: Partial<ScenarioInput>): Promise<readonly string[]> => {
    const kinds: string[] = [];
    const script = scriptOf(QUALITY_VALIDATION);
    const act: HarnessActivities['act'] = async ({ action }) => {
      kinds.push(action.kind);
      return { evidence: [], notes: [], output: DONE };
    };
    const run = await bench.start({ ...script, act }, input, QUALITY_VALIDATION);
    await run.handle.result();
    return kinds;
  };
  expect(await delivered({ seed: 8 })).toEqual(['bad-revision', 'deploy']);
  expect(await delivered({ seed: 7 })).toEqual(['bad-template', 'deploy']);
  expect(await delivered({ seed: 7, settings: { fault: 'revision' } })).toEqual(['bad-revision', 'deploy']);
});
