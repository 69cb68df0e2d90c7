import { proxyActivities } from '@temporalio/workflow';

import type { Observation } from '../../../src/contracts/activities.ts';
import type { Gate, ScenarioInput } from '../../../src/contracts/runs.ts';
import { SPOT_MIGRATION } from '../../../src/contracts/scenarios/index.ts';
import type { RunSummary } from '../../../src/contracts/suites.ts';
import { runScenario } from '../../../workflows/support/run-scenario.ts';

/** The harness's own phases, clean-up and report around observations that do nothing. */
export async function framed(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(SPOT_MIGRATION, input, async (run) => {
    for (const { name } of SPOT_MIGRATION.phases) {
      await run.phase(name, (call) => observe(call('probe')), [alwaysPassed]);
    }
  });
}

/** As many of the same activities as asked, in sequence, by the SDK alone. */
export async function bare(count: number): Promise<number> {
  const call = proxyActivities<Pick<BenchActivities, 'awaitValidations'>>({ startToCloseTimeout: '60s' });
  for (let done = 0; done < count; done += 1) await call.awaitValidations();
  return count;
}

/** What the worker of the benchmark offers: one observation that sees nothing, and the frame's own ending. */
export interface BenchActivities {
  awaitValidations(): Promise<Observation>;
  cleanUp(): Promise<string[]>;
  publishRun(): Promise<string>;
}

async function observe(call: unknown): Promise<Observation> {
  return (call as BenchActivities).awaitValidations();
}

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
