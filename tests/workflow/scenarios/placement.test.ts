import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { HarnessActivities, RunSubject, StateSnapshot } from '../../../src/contracts/activities.ts';
import type { EvidenceValue, RunState, ScenarioInput } from '../../../src/contracts/runs.ts';
import {
  CROSS_CLOUD_OPTIMIZATION,
  DATA_TRANSFER,
  IDLE_DETECTION,
  ONBOARDING_GCP,
  RIGHTSIZING,
  type ScenarioDefinition,
} from '../../../src/contracts/scenarios/index.ts';
import { evidenceOf } from '../../fixtures/migration-evidence.ts';
import { SCENARIO_EVIDENCE } from '../../fixtures/scenario-evidence.ts';
import { baseline, executionEnd } from './fake-harness.ts';
import { openBench, phaseOf, type Bench, type Run } from './scenario-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => bench[Symbol.asyncDispose]());

type Values = Readonly<Record<string, EvidenceValue>>;
const SNAPSHOT: StateSnapshot = { takenAtWorldMs: 0, nodes: [], runningInstanceIds: [] };

/** Activities that saw the scenario go as it should, but for `change`. */
function seeing({ name }: ScenarioDefinition, change: Values): Partial<HarnessActivities> {
  const evidence = Object.values(evidenceOf({ ...SCENARIO_EVIDENCE[name]?.good, ...change }));
  const saw =
    <T>(output: T) =>
    async () => ({ evidence, notes: [], output });
  return {
    recordInitialState: saw(baseline),
    measureUse: saw({}),
    findOptimum: saw({}),
    triggerAnalysis: saw({ analysisId: 'anl_1', startedAt: '2026-11-22T12:00:00.000Z' }),
    awaitRecommendation: saw({ recommendationId: 'rec_1' }),
    readAnalysis: saw({}),
    readPlacements: saw({}),
    awaitValidations: saw({}),
    takeSnapshot: saw(SNAPSHOT),
    approve: saw({ optimizationId: 'opt_1' }),
    monitorExecution: saw(executionEnd),
    inspectFleet: saw({}),
    measureWindow: saw({ startMs: 0, endMs: 1 }),
    measureLatencyForecast: saw({}),
    measureSavings: saw({ savingsUsdPerMonth: 60_006 }),
    measureCost: saw({ usdPerMonth: 85_810 }),
    compareWithSnapshot: saw({}),
    prepareProspect: async ({ runId }) => prospect(runId),
    signUp: async ({ prospect: known }) => ({
      evidence,
      notes: [],
      output: { ...known, customerId: 'cus_1' },
    }),
    tryOnboarding: saw({}),
    onboard: saw({}),
    readInstallCommand: saw({}),
    connectRuntime: saw({}),
    awaitDiscovery: saw({}),
  };
}

function prospect(runId: string): Omit<RunSubject, 'customerId'> {
  return {
    runId,
    email: `acme-corp.${runId}@e2e.example`,
    siteId: 'site_1',
    accountId: 'acme-prod-1',
    region: 'us-central1',
    deployment: 'vllm-gcp-1',
    instanceType: 'a2-highgpu-8g',
    accounts: [],
    deployments: [],
  };
}

async function runOf(
  scenario: ScenarioDefinition,
  change: Values = {},
  input: Partial<ScenarioInput> = {},
): Promise<{ readonly run: Run; readonly state: RunState }> {
  const run = await bench.start(seeing(scenario, change), input, scenario);
  return { run, state: await run.ended() };
}

function redGates(state: RunState, phase: string): string[] {
  return phaseOf(state, phase)
    .gates.filter(({ verdict }) => verdict === 'failed')
    .map(({ gate }) => gate);
}

describe.each([RIGHTSIZING, IDLE_DETECTION, CROSS_CLOUD_OPTIMIZATION, DATA_TRANSFER, ONBOARDING_GCP])(
  '$name',
  (scenario) => {
    it('passes all its phases when every claim was seen', async () => {
      const { state } = await runOf(scenario);
      expect(state.phases.map(({ name, verdict }) => `${name} ${String(verdict)}`)).toEqual(
        scenario.phases.map(({ name }) => `${name} passed`),
      );
      expect(state).toMatchObject({ verdict: 'passed', cleanup: 'done' });
    });
  },
);

describe('a scale-in', () => {
  it('is red when a retired node still runs in the cloud, whatever the platform says', async () => {
    const { state } = await runOf(RIGHTSIZING, { 'fleet.retired-still-there': ['i-3'] });
    expect(state).toMatchObject({ verdict: 'failed', cleanup: 'done' });
    expect(redGates(state, 'verify-fleet')).toEqual(['retired-nodes-are-gone']);
    expect(phaseOf(state, 'validate-savings').status).toBe('not-reached');
  });

  it('is red when the smaller fleet is faster than was said by more than the tolerance', async () => {
    const { state } = await runOf(RIGHTSIZING, { 'forecast.latency-p95.measured': 400 });
    expect(redGates(state, 'validate-latency')).toEqual(['forecast-latency-p95-within']);
  });

  it('is red before anything is approved when the busy deployment is to go as well', async () => {
    const proposals = ['idle_shutdown of vllm-idle-1', 'idle_shutdown of vllm-prod-1'];
    const { run, state } = await runOf(IDLE_DETECTION, { 'analysis.recommendations': proposals });
    expect(redGates(state, 'read-analysis')).toEqual(['busy-is-not-proposed']);
    expect(run.lines.join()).not.toContain('approve');
  });

  it('is red when the busy deployment is not as it was', async () => {
    const { state } = await runOf(IDLE_DETECTION, { 'fleet.others-differences': ['i-1 is gone'] });
    expect(redGates(state, 'verify-fleet')).toEqual(['busy-is-untouched']);
  });
});

describe('a placement', () => {
  it('is red before anything is approved when another one costs less', async () => {
    const worse = ['vllm-prod-1: stays', 'vllm-gcp-1: 4 × p4d.24xlarge on_demand at aws us-east-1'];
    const { run, state } = await runOf(CROSS_CLOUD_OPTIMIZATION, { 'placement.choices': worse });
    expect(redGates(state, 'compare-with-optimum')).toEqual(['placement-is-the-optimum']);
    expect(run.lines.join()).not.toContain('approve');
  });

  it('is red when the bill is not what was forecast', async () => {
    const { state } = await runOf(CROSS_CLOUD_OPTIMIZATION, { 'forecast.savings.measured': 80_000 });
    expect(redGates(state, 'validate-savings')).toEqual(['forecast-savings-within']);
  });

  it('is red when a move is proposed that loses, or the loss is not the one computed', async () => {
    const proposed = await runOf(DATA_TRANSFER, {
      'analysis.recommendations': ['cross_cloud_placement of vllm-gcp-1'],
    });
    expect(redGates(proposed.state, 'compare-with-optimum')).toEqual(['nothing-is-proposed']);
    const other = await runOf(DATA_TRANSFER, { 'placement.refused.vllm-gcp-1.net': -20_000 });
    expect(redGates(other.state, 'compare-with-optimum')).toEqual(['net-saving-is-as-computed']);
  });

  it('is inconclusive when the finding names no number', async () => {
    const { state } = await runOf(DATA_TRANSFER, { 'placement.refused.vllm-gcp-1.net': null });
    expect(state.verdict).toBe('inconclusive');
    expect(phaseOf(state, 'verify-unchanged').status).toBe('not-reached');
  });
});

describe('onboarding on GCP', () => {
  it('is red when a bad service account gets in', async () => {
    const { state } = await runOf(ONBOARDING_GCP, { refusals: ['200'], 'refusals.stored': 1 });
    expect(redGates(state, 'refuse-bad-service-account')).toEqual([
      'refused-with-the-field',
      'nothing-kept-of-them',
    ]);
    expect(phaseOf(state, 'onboard-cloud').status).toBe('not-reached');
  });
});
