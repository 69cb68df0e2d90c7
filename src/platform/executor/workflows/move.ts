import type { MadeNode, NodeGroup } from '../contract.ts';
import { moveStepsOf, targetGroup, type MovePlan } from '../policy/parts.ts';
import { canaryStage, halfStage, targetStage, type RolloutFleet, type Stage } from '../policy/weights.ts';
import { change, quick } from './activity-proxies.ts';
import { RolloutStopped, type RegisterUndo } from './journal.ts';
import { createNodes, refillLost, replacements } from './nodes.ts';
import { retire } from './retire.ts';
import type { Rollout } from './rollout.ts';
import { evidenceOf, judgeStage } from './stages.ts';
import { shift, shiftForward, type Shifted } from './traffic.ts';
import { REQUIREMENTS } from './validation.ts';

/** Puts new nodes in the place of old ones in seven steps: from on demand to spot, or to another place. */
export async function move(rollout: Rollout, plan: MovePlan): Promise<void> {
  const { journal, fleet } = rollout;
  const steps = moveStepsOf(plan);
  // An earlier part may have retired nodes this one names; what it left is what this one works on.
  const members = fleet.members;
  const retiringIds = fleet.nowAll(plan.replace_instance_ids).filter((id) => members.includes(id));
  const keptIds = members.filter((id) => !retiringIds.includes(id));
  const group = targetGroup(plan, [...retiringIds, ...keptIds]);
  const nodes = await journal.step(steps.create, async (undo) => {
    undo('terminate the new nodes', () => change.terminateMade({ order: rollout.order, group }));
    const made = await createNodes(rollout, group);
    return { value: made.nodes, evidence: made.evidence };
  });
  const parties: RolloutFleet = { newIds: nodes.map(({ instanceId }) => instanceId), retiringIds, keptIds };
  const canary = canaryStage(parties);
  const half = halfStage(parties);
  const target = targetStage(parties);

  const canarySince = await journal.step(steps.canary, (undo) => moveTraffic(rollout, canary, undo));
  await journal.step(steps.validateCanary, () => validate(rollout, 'canary', canary, canarySince));
  const halfSince = await journal.step(steps.half, (undo) => moveTraffic(rollout, half, undo));
  await journal.step(steps.validateHalf, () => validate(rollout, 'half', half, halfSince));
  await journal.step(steps.full, async (undo) => {
    undo('take the new nodes out of the fleet', async () => {
      fleet.join(retiringIds);
      fleet.leave(parties.newIds);
    });
    return moveFully(rollout, group, parties, target, undo);
  });
  await journal.step(steps.terminate, (undo) => retireOld(rollout, parties, target, undo));
}

async function moveTraffic(rollout: Rollout, stage: Stage, undo: RegisterUndo) {
  const { sinceMs, evidence } = await shift(rollout, stage.weights, undo);
  return { value: sinceMs, evidence };
}

async function validate(rollout: Rollout, name: 'canary' | 'half', stage: Stage, sinceMs: number) {
  const judged = await judgeStage(rollout, {
    name: name === 'canary' ? '10 % stage' : '50 % stage',
    stage,
    requirement: REQUIREMENTS[name],
    sinceMs,
  });
  return { value: undefined, evidence: evidenceOf(rollout, judged) };
}

/** Prices and promise are looked at again before traffic moves; then the target fleet carries all of it and soaks. */
async function moveFully(
  rollout: Rollout,
  group: NodeGroup,
  parties: RolloutFleet,
  target: Stage,
  undo: RegisterUndo,
) {
  const { order, fleet } = rollout;
  const nodes: readonly MadeNode[] = fleet.made
    .filter((made) => made.group === group)
    .map(({ node }) => node);
  const { retiringIds } = parties;
  const promise = await quick.recheckPromise({ order, group, nodes, retiringIds });
  if (!promise.holds) throw new RolloutStopped(promise.reason, { promise: promise.evidence });
  const moved = await shift(rollout, target.weights, undo);
  fleet.join(parties.newIds);
  fleet.leave(retiringIds);
  const judged = await soak(rollout, target, moved);
  rollout.finalSinceMs = judged.sinceMs;
  return {
    value: undefined,
    evidence: { ...moved.evidence, ...evidenceOf(rollout, judged), promise: promise.evidence },
  };
}

function soak(rollout: Rollout, target: Stage, { sinceMs }: Shifted) {
  return judgeStage(rollout, { name: '100 % stage', stage: target, requirement: REQUIREMENTS.soak, sinceMs });
}

/** A node lost since the soak is replaced, and the fleet judged once more, before the old one is given up. */
async function retireOld(rollout: Rollout, parties: RolloutFleet, target: Stage, undo: RegisterUndo) {
  const evidence = await retire(rollout, {
    retiringIds: parties.retiringIds,
    standIns: true,
    undo,
    beforeEach: async () => {
      if (!(await refillLost(rollout))) return;
      const moved = await shiftForward(rollout, target.weights);
      rollout.finalSinceMs = (await soak(rollout, target, moved)).sinceMs;
    },
  });
  return { value: undefined, evidence: { ...evidence, ...replacements(rollout) } };
}
