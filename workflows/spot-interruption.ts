import type { RunState, ScenarioInput } from '../src/contracts/runs.ts';
import {
  APPROVAL_DEADLINE_MS,
  INTERRUPTION_ARROWS,
  settingOf,
  SPOT_INTERRUPTION,
} from '../src/contracts/scenarios/index.ts';
import { spotInterruptionGates } from '../src/assertions/scenarios/spot-interruption.ts';
import { phasesWith } from './phases/at.ts';
import { followToCompletion, verifyAudit } from './phases/execution.ts';
import { measureService } from './phases/measures.ts';
import { untilApproved } from './phases/until-approved.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(spotInterruptionGates);

/** The cloud takes a spot node back at each arrow of the rollout, or at the one that `--set after=…` names. */
export async function spotInterruption(input: ScenarioInput): Promise<RunState> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(SPOT_INTERRUPTION, input, async (run) => {
    const after = settingOf(SPOT_INTERRUPTION, input.settings, 'after');
    const actions = INTERRUPTION_ARROWS.filter((step) => after === 'every' || after === step).map((name) => ({
      at: { name, when: 'completed' as const },
      action: { kind: 'reclaim' as const, nodes: 1 },
    }));
    const subject = await run.customer('Acme Corp');
    const approved = await untilApproved(run, at, approvals, subject);
    const { settledAtMs } = await followToCompletion(run, at('monitor-execution'), { ...approved, actions });
    await measureService(run, at('validate-quality'), { subject, prefix: 'after', sinceMs: settledAtMs });
    await verifyAudit(run, at('verify-audit'), approved);
  });
}
