import type { StepName } from '../src/contracts/api/recommendations.ts';
import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, ROLLBACK } from '../src/contracts/scenarios/index.ts';
import type { WorldAction } from '../src/contracts/world-actions.ts';
import { rollbackGates } from '../src/assertions/scenarios/rollbacks.ts';
import { phasesWith } from './phases/at.ts';
import { comingBack, type Failure } from './phases/coming-back.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const SLOW_SPOT: WorldAction = { kind: 'slow-nodes', lifecycle: 'spot', factor: 1.6 };
const slowSince = (name: StepName): Failure => ({
  before: null,
  actions: [{ at: { name, when: 'started' }, action: SLOW_SPOT }],
});

/** For each step that can be made to fail: what in the world makes exactly this one fail. */
const FAILURES: Readonly<Record<string, Failure>> = {
  create_spot_instances: { before: { kind: 'no-spot-capacity', zones: [] }, actions: [] },
  validate_canary: slowSince('create_spot_instances'),
  validate_50_percent: slowSince('scale_to_50_percent'),
  full_migration: slowSince('full_migration'),
  // All of them, so that the first refusal comes before anything irreversible.
  terminate_ondemand: { before: { kind: 'termination-protection', nodes: 4 }, actions: [] },
};

/** The rollout fails at the step that `--set fail-at=…` names, and comes back by itself. */
export async function rollback(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(ROLLBACK, input, async (run) => {
    const step = run.setting('fail-at');
    const failure = FAILURES[step];
    if (failure === undefined) throw new RangeError(`nothing is known that makes ${step} fail`);
    await comingBack(run, phasesWith(rollbackGates), approvals, failure);
  });
}
