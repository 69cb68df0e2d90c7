import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, RETURN_TO_SPOT } from '../src/contracts/scenarios/index.ts';
import { returnToSpotGates } from '../src/assertions/scenarios/return-to-spot.ts';
import { phasesWith } from './phases/at.ts';
import { followExecution, followToCompletion, verifyAudit } from './phases/execution.ts';
import { measureSavings } from './phases/fleet.ts';
import { measureCost } from './phases/measures.ts';
import {
  awaitOwnAccord,
  awaitReplacement,
  countFleet,
  loseSpotNode,
  restoreCapacity,
} from './phases/node-loss.ts';
import { untilApproved } from './phases/until-approved.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(returnToSpotGates);

/** A spot node is lost while no pool has another: on demand for a while, and back to spot without being asked. */
export async function returnToSpot(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(RETURN_TO_SPOT, input, async (run) => {
    const subject = await run.customer('Acme Corp');
    const approved = await untilApproved(run, at, approvals, subject);
    await followToCompletion(run, at('monitor-execution'), approved);
    await measureCost(run, at('record-cost-on-spot'), { subject, prefix: 'spot' });
    const lost = await loseSpotNode(run, at('lose-a-node'), subject, { noCapacity: true });
    const replacement = await awaitReplacement(run, at('await-replacement'), subject, lost);
    await followExecution(run, at('follow-replacement'), { subject, ...replacement, as: 'replacement' });
    const fallback = await countFleet(run, at('verify-fallback'), { subject, prefix: 'fallback' });
    await restoreCapacity(run, at('restore-capacity'), subject);
    const wanted = { subject, type: 'return_to_spot', sinceAt: lost.at } as const;
    const back = await awaitOwnAccord(run, at('await-return'), wanted);
    await followExecution(run, at('follow-return'), { subject, ...back, as: 'return' });
    await countFleet(run, at('verify-returned'), { subject, prefix: 'returned' });
    const baseline = { monthlyCostUsd: fallback.usdPerMonth };
    await measureSavings(run, at('validate-savings'), { subject, baseline, ...back });
    await verifyAudit(run, at('verify-audit'), { subject, ...back });
  });
}
