import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, IDLE_DETECTION } from '../src/contracts/scenarios/index.ts';
import { idleDetectionGates } from '../src/assertions/scenarios/scale-in.ts';
import { phasesWith } from './phases/at.ts';
import { scaleIn } from './phases/scale-in.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(idleDetectionGates);

/** Of two deployments the idle one is found and shut down; the busy one is left alone. */
export async function idleDetection(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(IDLE_DETECTION, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'idle-and-busy');
    await run.phase(
      'measure-use',
      (call) => call('probe').measureUse({ subject }),
      idleDetectionGates['measure-use'],
    );
    await scaleIn(run, at, approvals, { subject, type: 'idle_shutdown' });
  });
}
