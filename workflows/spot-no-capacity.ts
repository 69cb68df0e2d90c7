import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, SPOT_NO_CAPACITY } from '../src/contracts/scenarios/index.ts';
import { spotNoCapacityGates } from '../src/assertions/scenarios/rollbacks.ts';
import { phasesWith } from './phases/at.ts';
import { comingBack } from './phases/coming-back.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

/** Every pool is empty between the validation and the rollout. */
export async function spotNoCapacity(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(SPOT_NO_CAPACITY, input, (run) =>
    comingBack(run, phasesWith(spotNoCapacityGates), approvals, {
      before: { kind: 'no-spot-capacity', zones: [] },
      actions: [],
    }),
  );
}
