import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, SPOT_ROLLBACK } from '../src/contracts/scenarios/index.ts';
import { spotRollbackGates } from '../src/assertions/scenarios/rollbacks.ts';
import { phasesWith } from './phases/at.ts';
import { comingBack } from './phases/coming-back.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

/** Spot nodes answer worse from their first request on; the canary must not get past its judgement. */
export async function spotRollback(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(SPOT_ROLLBACK, input, (run) =>
    comingBack(run, phasesWith(spotRollbackGates), approvals, {
      before: null,
      actions: [
        {
          at: { name: 'create_spot_instances', when: 'started' },
          action: { kind: 'quality-drop', lifecycle: 'spot', drop: 0.2 },
        },
      ],
    }),
  );
}
