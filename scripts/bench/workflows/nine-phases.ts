import { condition, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';

import type { Observation, PublishedRun } from '../../../src/contracts/activities.ts';
import type { Gate, RunState, ScenarioInput } from '../../../src/contracts/runs.ts';
import { SPOT_MIGRATION, type ScenarioDefinition } from '../../../src/contracts/scenarios/index.ts';
import type { RunSummary } from '../../../src/contracts/suites.ts';
import { createApprovalGate } from '../../../workflows/support/approval.ts';
import { runScenario, type PhaseCall } from '../../../workflows/support/run-scenario.ts';

/** What the worker of the benchmark offers: one observation that sees nothing, and the frame's own ending. */
export interface BenchActivities {
  /** `workflowId` and `step` say whose it is. */
  awaitValidations(step: { readonly workflowId: string; readonly step: number }): Promise<Observation>;
  publishRun(input: { readonly run: RunState }): Promise<PublishedRun>;
}

/** The phase in which a held run waits for its event. */
const HELD = 5;
const released = defineSignal('released');
const A_DAY_MS = 24 * 3_600_000;

/** Its nine phases, without a budget that hundreds of runs at once could break. */
const AN_HOUR_MS = 3_600_000;
const NINE: ScenarioDefinition = {
  ...SPOT_MIGRATION,
  phases: SPOT_MIGRATION.phases.map((phase) => ({ ...phase, budgetMs: AN_HOUR_MS })),
};

/** The harness's own phases and report around observations that do nothing. */
export async function framed(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(NINE, input, async (run) => {
    for (const { name, number } of NINE.phases) {
      await run.phase(name, (call) => observe(call, number), [alwaysPassed]);
    }
  });
}

/** The same, waiting in the middle for a signal. */
export async function framedHeld(input: ScenarioInput): Promise<RunSummary> {
  return heldUntil(input, release());
}

/** The same, waiting in the middle for a person's decision, as every scenario does with manual approval. */
export async function framedDecided(input: ScenarioInput): Promise<RunSummary> {
  const gate = createApprovalGate(A_DAY_MS);
  return heldUntil(input, (phase) => gate.decision(phase));
}

async function heldUntil(
  input: ScenarioInput,
  event: (phase: string) => Promise<unknown>,
): Promise<RunSummary> {
  return runScenario(NINE, input, async (run) => {
    for (const { name, number } of NINE.phases) {
      const seen = (call: PhaseCall) =>
        number === HELD ? event(name).then(() => NOTHING_SEEN) : observe(call, number);
      await run.phase(name, seen, [alwaysPassed]);
    }
  });
}

/** As many of the same activities as asked, in sequence, by the SDK alone. */
export async function bare(count: number): Promise<number> {
  for (let step = 1; step <= count; step += 1) await observeBare(step);
  return count;
}

/** The same, waiting in the middle for a signal. */
export async function bareHeld(count: number): Promise<number> {
  const event = release();
  for (let step = 1; step <= count; step += 1) await (step === HELD ? event() : observeBare(step));
  return count;
}

function release(): () => Promise<void> {
  let isReleased = false;
  setHandler(released, () => {
    isReleased = true;
  });
  return () => condition(() => isReleased);
}

function observeBare(step: number): Promise<Observation> {
  const call = proxyActivities<BenchActivities>({ startToCloseTimeout: '60s' });
  return call.awaitValidations({ workflowId: workflowInfo().workflowId, step });
}

function observe(call: PhaseCall, step: number): Promise<Observation> {
  const activities = call('probe') as unknown as BenchActivities;
  return activities.awaitValidations({ workflowId: workflowInfo().workflowId, step });
}

const NOTHING_SEEN: Observation = { evidence: [], notes: [], output: {} };

const alwaysPassed: Gate = () => ({
  gate: 'frame',
  verdict: 'passed',
  expected: 'nothing',
  observed: 'nothing',
  unit: 'text',
  source: 'benchmark',
  sampleSize: null,
  reason: 'the benchmark judges nothing',
  evidence: [],
});
