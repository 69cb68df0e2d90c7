import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { HarnessActivities, StateSnapshot } from '../../../src/contracts/activities.ts';
import type { Proposal, Settled } from '../../../src/contracts/coordination-activities.ts';
import type { EvidenceValue, RunState, ScenarioInput } from '../../../src/contracts/runs.ts';
import {
  CONFLICT_RESOLUTION,
  MULTI_AGENT_COORDINATION,
  PRIORITY_RESOLUTION,
  SEQUENTIAL_AND_PARALLEL,
  type ScenarioDefinition,
} from '../../../src/contracts/scenarios/index.ts';
import { COORDINATION_EVIDENCE } from '../../fixtures/coordination-evidence.ts';
import { evidenceOf } from '../../fixtures/migration-evidence.ts';
import { baseline, executionEnd } from './fake-harness.ts';
import { openBench, phaseOf, type Bench, type Run } from './scenario-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => bench[Symbol.asyncDispose]());

const SNAPSHOT: StateSnapshot = { takenAtWorldMs: 0, nodes: [], runningInstanceIds: [] };
const PROPOSALS: readonly Proposal[] = (
  [
    ['cost', 'spot_migration', 'vllm-prod-1'],
    ['performance', 'kv_cache_optimization', 'vllm-prod-1'],
    ['cost', 'spot_migration', 'vllm-prod-2'],
  ] as const
).map(([agentType, type, deployment]) => ({
  recommendationId: `rec_${agentType}_${deployment}`,
  agentType,
  type,
  deployment,
  savingsUsdPerMonth: 0,
}));
const SETTLED: Settled = {
  resolutionId: 'res_1',
  strategy: 'negotiate_hybrid',
  winnerId: 'rec_hybrid',
  rejectedIds: [],
  order: null,
};

/** Inputs that activities were asked with, by name, where a test looks at them. */
interface Asked {
  resolved: string[][];
  late: string[];
  followed: string[][];
}

/** Activities that saw the scenario go as it should, but for `change`. */
function seeing(
  { name }: ScenarioDefinition,
  change: Readonly<Record<string, EvidenceValue>>,
  asked: Asked,
): Partial<HarnessActivities> {
  const evidence = Object.values(evidenceOf({ ...COORDINATION_EVIDENCE[name]?.good, ...change }));
  const seen = <T>(output: T) => ({ evidence, notes: [], output });
  const saw =
    <T>(output: T) =>
    async () =>
      seen(output);
  return {
    recordInitialState: saw(baseline),
    takeSnapshot: saw(SNAPSHOT),
    analyseTogether: saw({ proposals: PROPOSALS }),
    awaitOpinions: saw({}),
    resolveConflict: async ({ proposals }) => {
      asked.resolved.push(proposals.map(({ recommendationId }) => recommendationId));
      return seen(SETTLED);
    },
    executeResolution: saw({ optimizationIds: ['opt_1', 'opt_2'] }),
    approveOnBusyDeployment: async ({ recommendationId }) => {
      asked.late.push(recommendationId);
      return seen({ optimizationId: 'opt_late' });
    },
    monitorExecution: saw(executionEnd),
    followTogether: async ({ optimizationIds }) => {
      asked.followed.push([...optimizationIds]);
      return seen({ settledAtMs: 2_000 });
    },
    readAcknowledgements: saw({}),
    inspectFleet: saw({}),
    measureWindow: saw({ startMs: 0, endMs: 1 }),
    measureSavings: saw({ savingsUsdPerMonth: 48_504 }),
    measureLatencyForecast: saw({}),
    compareWithExecuted: saw({}),
  };
}

async function runOf(
  scenario: ScenarioDefinition,
  change: Readonly<Record<string, EvidenceValue>> = {},
  input: Partial<ScenarioInput> = {},
): Promise<{ readonly run: Run; readonly state: RunState; readonly asked: Asked }> {
  const asked: Asked = { resolved: [], late: [], followed: [] };
  const run = await bench.start(seeing(scenario, change, asked), input, scenario);
  return { run, state: await run.ended(), asked };
}

function redGates(state: RunState, phase: string): string[] {
  return phaseOf(state, phase)
    .gates.filter(({ verdict }) => verdict === 'failed')
    .map(({ gate }) => gate);
}

it.each([MULTI_AGENT_COORDINATION, CONFLICT_RESOLUTION, PRIORITY_RESOLUTION, SEQUENTIAL_AND_PARALLEL])(
  '$name passes all its phases when every claim was seen',
  async (scenario) => {
    const { state } = await runOf(scenario);
    expect(state.phases.map(({ verdict }) => verdict)).toEqual(state.phases.map(() => 'passed'));
    expect(state).toMatchObject({ verdict: 'passed', cleanup: 'done' });
  },
);

describe('multi-agent-coordination', () => {
  it('is red when a participant was not told, and measures nothing then', async () => {
    const { state } = await runOf(MULTI_AGENT_COORDINATION, { 'told.tasks': ['cost', 'performance'] });
    expect(state).toMatchObject({ verdict: 'failed', cleanup: 'done' });
    expect(redGates(state, 'verify-participants')).toEqual(['participants-have-tasks']);
    expect(phaseOf(state, 'validate-savings').status).toBe('not-reached');
  });

  it('is red when the saving is greater than the hybrid predicted by more than the tolerance', async () => {
    const { state } = await runOf(MULTI_AGENT_COORDINATION, { 'forecast.savings.measured': 70_000 });
    expect(redGates(state, 'validate-savings')).toEqual(['forecast-savings-within']);
  });
});

describe('conflict-resolution', () => {
  it('is red when what was done is proposed again', async () => {
    const { state } = await runOf(CONFLICT_RESOLUTION, {
      'replan.repeated': ['kv_cache_optimization rec_9'],
    });
    expect(redGates(state, 'verify-replan')).toEqual(['nothing-done-again']);
  });

  it('carries nothing out when another won than the order of priorities says', async () => {
    const { run, state } = await runOf(CONFLICT_RESOLUTION, {
      'resolution.winner': 'resource: rightsizing vllm-prod-1',
    });
    expect(redGates(state, 'resolve-conflict')).toEqual(['resolution-winner-by-order']);
    expect(run.lines).not.toContain('executeResolution');
  });
});

describe('priority-resolution', () => {
  it('has two customers, each with a conflict of its own', async () => {
    const { run, asked } = await runOf(PRIORITY_RESOLUTION);
    expect(run.lines.filter((line) => line.startsWith('prepareCustomer'))).toEqual([
      'prepareCustomer (Acme Corp)',
      'prepareCustomer (Twin of Acme)',
    ]);
    expect(asked.resolved).toHaveLength(2);
  });

  it('is red when the preference changes nothing', async () => {
    const { state } = await runOf(PRIORITY_RESOLUTION, {
      'with-preference.winner': 'hybrid',
      'with-preference.winner-by-order': 'hybrid',
    });
    expect(redGates(state, 'resolve-with')).toEqual(['another-winner']);
  });
});

describe('sequential-and-parallel', () => {
  it('keeps one back, approves it on the busy deployment and follows all of them', async () => {
    const { asked } = await runOf(SEQUENTIAL_AND_PARALLEL);
    expect(asked.resolved).toEqual([['rec_cost_vllm-prod-1', 'rec_performance_vllm-prod-1']]);
    expect(asked.late).toEqual(['rec_cost_vllm-prod-2']);
    expect(asked.followed).toEqual([['opt_1', 'opt_2', 'opt_late']]);
  });

  it('is red when two were at one deployment at once', async () => {
    const { state } = await runOf(SEQUENTIAL_AND_PARALLEL, {
      'together.least-gap-on-shared': -2,
      'together.lease-faults': ['vllm-prod-1: opt_3 came while opt_1 held it'],
    });
    expect(redGates(state, 'follow-together')).toEqual([
      'shared-strictly-one-after-another',
      'leases-in-turn-with-growing-tokens',
    ]);
  });
});
