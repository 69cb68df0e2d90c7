import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import {
  APPROVAL_DEADLINE_MS,
  INTERRUPTION_ARROWS,
  SPOT_INTERRUPTION,
} from '../src/contracts/scenarios/index.ts';
import { spotInterruptionGates } from '../src/assertions/scenarios/spot-interruption.ts';
import { phasesWith } from './phases/at.ts';
import { followExecution, followToCompletion, verifyAudit } from './phases/execution.ts';
import { measureService } from './phases/measures.ts';
import { awaitReplacement, countFleet, loseSpotNode } from './phases/node-loss.ts';
import { untilApproved } from './phases/until-approved.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(spotInterruptionGates);

/** The cloud takes a spot node back in the course of the rollout, and another one after it. */
export async function spotInterruption(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(SPOT_INTERRUPTION, input, async (run) => {
    const after = run.setting('after');
    const actions = arrowsOf(after, input.seed).map((name) => ({
      at: { name, when: 'completed' as const },
      action: { kind: 'reclaim' as const, nodes: 1 },
    }));
    const subject = await run.customer('Acme Corp');
    const approved = await untilApproved(run, at, approvals, subject);
    await followToCompletion(run, at('monitor-execution'), { ...approved, actions });
    await measureService(run, at('validate-quality'), { subject, prefix: 'after' });
    const lost = await loseSpotNode(run, at('lose-a-node'), subject);
    const replacement = await awaitReplacement(run, at('await-replacement'), subject, lost);
    await followExecution(run, at('follow-replacement'), { subject, ...replacement, as: 'replacement' });
    await countFleet(run, at('verify-fleet'), { subject, prefix: 'whole' });
    const interrupted = { subject, prefix: 'interrupted', sinceMs: lost.worldMs };
    await measureService(run, at('validate-interruption'), interrupted);
    await verifyAudit(run, at('verify-audit'), { subject, ...replacement });
  });
}

/** One arrow by the seed, so that a few runs see them all; or the one, or all, that were asked for. */
function arrowsOf(after: string, seed: number): readonly (typeof INTERRUPTION_ARROWS)[number][] {
  if (after === 'by-seed')
    return INTERRUPTION_ARROWS.filter((_, index) => index === seed % INTERRUPTION_ARROWS.length);
  return INTERRUPTION_ARROWS.filter((step) => after === 'every' || after === step);
}
