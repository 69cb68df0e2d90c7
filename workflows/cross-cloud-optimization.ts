import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, CROSS_CLOUD_OPTIMIZATION } from '../src/contracts/scenarios/index.ts';
import { crossCloudOptimizationGates } from '../src/assertions/scenarios/cross-cloud-optimization.ts';
import { phasesWith } from './phases/at.ts';
import { followToCompletion, takeSnapshot } from './phases/execution.ts';
import { inspectFleet, measureLatencyForecast, measureSavings } from './phases/fleet.ts';
import { measureService } from './phases/measures.ts';
import { compareWithOptimum, findOptimum } from './phases/placement.ts';
import {
  approve,
  awaitRecommendation,
  awaitValidations,
  recordInitialState,
  triggerAnalysis,
} from './phases/until-approved.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(crossCloudOptimizationGates);

/** The deployment on GCP moves to where it costs least, transfer included. */
export async function crossCloudOptimization(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(CROSS_CLOUD_OPTIMIZATION, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'aws-and-gcp');
    const baseline = await recordInitialState(run, at('record-initial-state'), subject);
    await findOptimum(run, at('find-optimum'), subject);
    const analysis = await triggerAnalysis(run, at('trigger-cost-analysis'), subject, 'cost');
    const recommendationId = await awaitRecommendation(run, at('await-recommendation'), subject, {
      ...analysis,
      type: 'cross_cloud_placement',
    });
    await compareWithOptimum(run, at('compare-with-optimum'), { subject, ...analysis });
    await awaitValidations(run, at('multi-agent-validation'), subject, recommendationId);
    const snapshot = await takeSnapshot(run, at('take-snapshot'), subject);
    const decided = { subject, recommendationId };
    const optimizationId = await approve(run, at('customer-approval'), approvals, decided);
    const carriedOut = { ...decided, optimizationId, snapshot, baseline };
    const { settledAtMs } = await followToCompletion(run, at('monitor-execution'), carriedOut);
    await inspectFleet(run, at('verify-fleet'), carriedOut);
    const measured = { subject, prefix: 'after', sinceMs: settledAtMs };
    const window = await measureService(run, at('validate-service'), measured);
    await measureLatencyForecast(run, at('validate-latency'), { ...decided, window });
    await measureSavings(run, at('validate-savings'), carriedOut);
  });
}
