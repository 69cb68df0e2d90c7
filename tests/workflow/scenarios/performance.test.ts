import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { HarnessActivities, StateSnapshot } from '../../../src/contracts/activities.ts';
import type { EvidenceValue, RunState } from '../../../src/contracts/runs.ts';
import {
  PERFORMANCE_OPTIMIZATION,
  PERFORMANCE_ROLLBACK,
  QUANTIZATION,
  type ScenarioDefinition,
} from '../../../src/contracts/scenarios/index.ts';
import { evidenceOf } from '../../fixtures/migration-evidence.ts';
import { PERFORMANCE_EVIDENCE } from '../../fixtures/performance-evidence.ts';
import { baseline, executionEnd } from './fake-harness.ts';
import { openBench, phaseOf, type Bench, type Run } from './scenario-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => bench[Symbol.asyncDispose]());

const SNAPSHOT: StateSnapshot = { takenAtWorldMs: 0, nodes: [], runningInstanceIds: [] };

/** Activities that saw the scenario go as it should, but for `change`. */
function seeing(
  { name }: ScenarioDefinition,
  change: Readonly<Record<string, EvidenceValue>>,
): Partial<HarnessActivities> {
  const evidence = Object.values(evidenceOf({ ...PERFORMANCE_EVIDENCE[name]?.good, ...change }));
  const saw =
    <T>(output: T) =>
    async () => ({ evidence, notes: [], output });
  return {
    recordInitialState: saw(baseline),
    triggerAnalysis: saw({ analysisId: 'anl_1', startedAt: '2026-11-22T12:00:00.000Z' }),
    awaitRecommendation: saw({ recommendationId: 'rec_1' }),
    awaitValidations: saw({}),
    readTuning: saw({}),
    takeSnapshot: saw(SNAPSHOT),
    act: saw({ worldMs: 0, at: '2026-11-22T12:00:00.000Z', struck: [] }),
    approve: saw({ optimizationId: 'opt_1' }),
    monitorExecution: saw(executionEnd),
    inspectConfiguration: saw({}),
    measureWindow: saw({ startMs: 0, endMs: 1 }),
    measureLatencyForecast: saw({}),
    readLesson: saw({}),
    compareWithSnapshot: saw({}),
    readAudit: saw({}),
  };
}

async function runOf(
  scenario: ScenarioDefinition,
  change: Readonly<Record<string, EvidenceValue>> = {},
): Promise<{ readonly run: Run; readonly state: RunState }> {
  const run = await bench.start(seeing(scenario, change), {}, scenario);
  return { run, state: await run.ended() };
}

function redGates(state: RunState, phase: string): string[] {
  return phaseOf(state, phase)
    .gates.filter(({ verdict }) => verdict === 'failed')
    .map(({ gate }) => gate);
}

describe('performance-optimization', () => {
  it('passes all its phases when every claim was seen', async () => {
    const { state } = await runOf(PERFORMANCE_OPTIMIZATION);
    expect(state.phases.map(({ verdict }) => verdict)).toEqual(state.phases.map(() => 'passed'));
    expect(state).toMatchObject({ verdict: 'passed', cleanup: 'done' });
  });

  it('is red when latency is better than predicted by more than the tolerance, and learns nothing then', async () => {
    const { state } = await runOf(PERFORMANCE_OPTIMIZATION, {
      'forecast.latency-p95.predicted': 700,
    });
    expect(state).toMatchObject({ verdict: 'failed', cleanup: 'done' });
    expect(redGates(state, 'validate-forecast')).toEqual(['forecast-latency-p95-within']);
    expect(phaseOf(state, 'verify-learning').status).toBe('not-reached');
  });

  it('is red when a node still runs as before', async () => {
    const { state } = await runOf(PERFORMANCE_OPTIMIZATION, { 'configuration.nodes': ['i-1', 'i-2', 'i-3'] });
    expect(redGates(state, 'verify-configuration')).toEqual(['configuration-in-force']);
  });

  it('is inconclusive when a stage was never judged', async () => {
    const { state } = await runOf(PERFORMANCE_OPTIMIZATION, { 'stage.half.verdict': null });
    expect(state.verdict).toBe('inconclusive');
    expect(phaseOf(state, 'verify-configuration').status).toBe('not-reached');
  });
});

describe('quantization', () => {
  it('passes with two customers, and carries out what fits', async () => {
    const { run, state } = await runOf(QUANTIZATION);
    expect(state.verdict).toBe('passed');
    expect(run.lines.filter((line) => line.startsWith('prepareCustomer'))).toEqual([
      'prepareCustomer (Acme Corp)',
      'prepareCustomer (Acme on A100)',
    ]);
  });

  it('is red before anything is approved when an A100 is to compute in FP8', async () => {
    const { run, state } = await runOf(QUANTIZATION, { 'fit.a100.prefill-factor': 0.625 });
    expect(redGates(state, 'read-fit')).toEqual(['a100-never-computes-in-fp8']);
    expect(run.lines).not.toContain('approve');
    expect(state.cleanup).toBe('done');
  });
});

describe('performance-rollback', () => {
  it('makes the build bad after the state was read and before anyone approves', async () => {
    const { run, state } = await runOf(PERFORMANCE_ROLLBACK);
    expect(state.verdict).toBe('passed');
    const order = run.lines.filter((line) => /^(takeSnapshot|act|approve)/.test(line));
    expect(order).toEqual(['takeSnapshot', 'act', 'approve (approve by scenario (automatic))']);
  });

  it('is red when the bad canary went through', async () => {
    const { state } = await runOf(PERFORMANCE_ROLLBACK, {
      'optimization.status': 'completed',
      'optimization.failed-step': 'none',
      'stage.canary.verdict': 'passed',
    });
    expect(state.verdict).toBe('failed');
    expect(redGates(state, 'monitor-execution')).toEqual([
      'rollback-successful',
      'canary-found-bad',
      'canary-judged-bad',
    ]);
    expect(phaseOf(state, 'verify-restored').status).toBe('not-reached');
  });
});
