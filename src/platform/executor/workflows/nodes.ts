import type { MadeNode, NodeGroup, StepEvidence } from '../contract.ts';
import { change, patient, quick } from './activity-proxies.ts';
import type { Made } from './fleet.ts';
import { RolloutStopped } from './journal.ts';
import type { Rollout } from './rollout.ts';

/** A market that takes nodes back faster than this is no place for the deployment. */
const MAXIMUM_REFILLS = 6;

/** Makes the nodes of a group and waits until they serve; one that is lost meanwhile is made again. */
export async function createNodes(
  rollout: Rollout,
  group: NodeGroup,
): Promise<{ readonly nodes: readonly MadeNode[]; readonly evidence: StepEvidence }> {
  const { order, fleet } = rollout;
  const slots = group.zones.map((_zone, slot) => ({ slot, attempt: 0, avoidZone: null, lostIds: [] }));
  const launched = await change.launchNodes.executeWithOptions(
    { summary: `make ${String(slots.length)} ${group.lifecycle} nodes` },
    [{ order, group, slots }],
  );
  launched.nodes.forEach((node, slot) => fleet.made.push({ group, slot, attempt: 0, node }));
  const ids = launched.nodes.map(({ instanceId }) => instanceId);
  const ready = await untilReady(rollout, group, ids);
  return {
    nodes: fleet.made.filter((made) => made.group === group).map(({ node }) => node),
    evidence: { ...launched.evidence, ...ready, ...replacements(rollout) },
  };
}

/** Nodes of this rollout that the cloud took or takes: each slot is filled again and serves before this resolves. */
export async function refillLost(rollout: Rollout): Promise<boolean> {
  const { order, fleet } = rollout;
  if (fleet.made.length === 0) return false;
  const instanceIds = fleet.made.map(({ node }) => node.instanceId);
  const gone = await quick.findLost.executeWithOptions({ summary: 'look for lost nodes' }, [
    { order, instanceIds },
  ]);
  if (gone.length === 0) return false;
  for (const made of fleet.made) {
    if (!gone.includes(made.node.instanceId)) continue;
    await untilReady(rollout, made.group, [await refill(rollout, made)]);
  }
  return true;
}

async function refill(rollout: Rollout, made: Made): Promise<string> {
  const { order, fleet } = rollout;
  const { node: lost, group, slot } = made;
  if (fleet.replaced.length >= MAXIMUM_REFILLS) {
    throw new RolloutStopped(
      `the cloud took ${lost.instanceId} after ${String(MAXIMUM_REFILLS)} others: the pools are not stable enough`,
      { replaced_nodes: fleet.replaced },
    );
  }
  made.attempt += 1;
  const lostIds = [...fleet.replaced.map(({ lost_instance_id: id }) => id), lost.instanceId];
  const { nodes } = await change.launchNodes.executeWithOptions({ summary: `replace ${lost.instanceId}` }, [
    { order, group, slots: [{ slot, attempt: made.attempt, avoidZone: lost.zone, lostIds }] },
  ]);
  const [by] = nodes;
  if (by === undefined) throw new Error('no node was made');
  made.node = by;
  fleet.succeed(lost.instanceId, by.instanceId);
  fleet.replaced.push({
    lost_instance_id: lost.instanceId,
    by_instance_id: by.instanceId,
    zone: by.zone,
    lifecycle: by.lifecycle,
  });
  return by.instanceId;
}

async function untilReady(
  rollout: Rollout,
  group: NodeGroup,
  instanceIds: readonly string[],
): Promise<StepEvidence> {
  const { order, fleet } = rollout;
  let awaited = instanceIds;
  for (;;) {
    const seen = await patient.awaitNodesReady.executeWithOptions(
      { summary: `wait until ${String(awaited.length)} nodes serve` },
      [{ order, group, instanceIds: awaited }],
    );
    if (seen.lostIds.length === 0) {
      await configureLikeOthers(rollout, awaited);
      return seen.evidence;
    }
    for (const made of fleet.made) {
      if (seen.lostIds.includes(made.node.instanceId)) await refill(rollout, made);
    }
    awaited = fleet.nowAll(awaited);
  }
}

/** A new node starts with what most of the deployment runs; after a change in this very rollout that may be the old. */
async function configureLikeOthers({ order, fleet }: Rollout, ids: readonly string[]): Promise<void> {
  const { configuration } = fleet;
  const weights = fleet.translate(fleet.weights);
  if (configuration === null || weights === null) return;
  await patient.shiftTraffic.executeWithOptions({ summary: 'configure new nodes like the others' }, [
    { order, weights, configurations: Object.fromEntries(ids.map((id) => [id, configuration])) },
  ]);
}

/** Goes into the evidence of the step in which it happened, and of those after it. */
export function replacements({ fleet }: Rollout): StepEvidence {
  return fleet.replaced.length === 0 ? {} : { replaced_nodes: [...fleet.replaced] };
}
