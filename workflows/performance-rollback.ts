import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, PERFORMANCE_ROLLBACK } from '../src/contracts/scenarios/index.ts';
import { performanceRollbackGates } from '../src/assertions/scenarios/performance.ts';
import { phasesWith } from './phases/at.ts';
import { followExecution, verifyAudit, verifyRestored } from './phases/execution.ts';
import { measureService } from './phases/measures.ts';
import { agreeOnTuning, proposeTuning } from './phases/tuning.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(performanceRollbackGates);
/** Weights that are unpacked anew for every iteration: the reads they save are lost many times over. */
const UNFUSED_FACTOR = 3;

/** Published gains do not hold for this build; the canary says so before more than one node is changed. */
export async function performanceRollback(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(PERFORMANCE_ROLLBACK, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'acme-tight');
    const proposed = await proposeTuning(run, at, subject, 'kv_cache_optimization');
    const told = await agreeOnTuning(run, at, approvals, proposed, {
      kind: 'slow-quantization',
      quantization: 'fp8',
      factor: UNFUSED_FACTOR,
    });
    await followExecution(run, at('monitor-execution'), told);
    await verifyRestored(run, at('verify-restored'), told);
    await verifyAudit(run, at('verify-audit'), told);
    await measureService(run, at('validate-service'), { subject, prefix: 'restored' });
  });
}
