import type { ReplacementPlan } from '../../../contracts/api/recommendations.ts';
import type { NodeGroup } from '../contract.ts';
import { share } from '../policy/weights.ts';
import { change, patient, quick } from './activity-proxies.ts';
import { createNodes, replacements } from './nodes.ts';
import type { Rollout } from './rollout.ts';
import { shift } from './traffic.ts';

/** One node in the place of a spot node that the cloud takes, or has taken. */
export async function replace(rollout: Rollout, plan: ReplacementPlan): Promise<void> {
  const { order, journal, fleet } = rollout;
  const lostId = plan.lost_instance_id;
  const others = fleet.members.filter((id) => id !== lostId);
  const [zone = plan.on_demand_zone, ...fallbackZones] = plan.spot_zones;
  const group: NodeGroup = {
    name: 'replacement',
    place: { provider: plan.provider, region: plan.region },
    instanceType: plan.instance_type,
    lifecycle: plan.spot_zones.length > 0 ? 'spot' : 'on_demand',
    zones: [zone],
    fallbackZones,
    onDemandZone: plan.on_demand_zone,
    likeInstanceIds: [lostId, ...others],
  };
  const [node] = await journal.step('create_replacement', async (undo) => {
    undo('terminate the replacement', async () => {
      // Where the lost node is gone, or goes, the fleet needs the new one, whatever stopped the rollout.
      const gone = await quick.findLost({ order, instanceIds: [lostId] });
      if (gone.length === 0) await change.terminateMade({ order, group });
    });
    const made = await createNodes(rollout, group);
    return { value: made.nodes, evidence: made.evidence };
  });
  if (node === undefined) throw new Error('no replacement was made');
  fleet.promise(lostId, node.instanceId);
  await journal.step('shift_traffic', async (undo) => {
    const weights = { ...share([...others, node.instanceId], 100), [lostId]: 0 };
    const moved = await shift(rollout, weights, undo);
    rollout.finalSinceMs = moved.sinceMs;
    return { value: undefined, evidence: { ...moved.evidence, ...replacements(rollout) } };
  });
  await journal.step('confirm_reclaimed', async () => {
    const { evidence } = await patient.awaitReclaimed({ order, instanceId: lostId });
    return { value: undefined, evidence };
  });
}
