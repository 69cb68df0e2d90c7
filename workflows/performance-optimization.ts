import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, PERFORMANCE_OPTIMIZATION } from '../src/contracts/scenarios/index.ts';
import { performanceOptimizationGates } from '../src/assertions/scenarios/performance.ts';
import { phasesWith } from './phases/at.ts';
import { agreeOnTuning, measureTuning, proposeTuning } from './phases/tuning.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(performanceOptimizationGates);

/** Acme with the tighter promise, which its untuned engines break. */
export async function performanceOptimization(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(PERFORMANCE_OPTIMIZATION, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'acme-tight');
    const proposed = await proposeTuning(run, at, subject, 'kv_cache_optimization');
    await measureTuning(run, at, await agreeOnTuning(run, at, approvals, proposed));
  });
}
