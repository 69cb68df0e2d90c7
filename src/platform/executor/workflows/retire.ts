import type { NodeGroup, StepEvidence } from '../contract.ts';
import { patient, quick } from './activity-proxies.ts';
import type { RegisterUndo } from './journal.ts';
import { createNodes } from './nodes.ts';
import type { Rollout } from './rollout.ts';

export interface Retirement {
  readonly retiringIds: readonly string[];
  /** Whether the way back needs the terminated nodes: then others are made on demand before traffic moves. */
  readonly standIns: boolean;
  readonly undo: RegisterUndo;
  readonly beforeEach: () => Promise<void>;
}

/** Gives nodes back one by one. It cannot be undone; what stands in for them can be made. */
export async function retire(rollout: Rollout, retirement: Retirement): Promise<StepEvidence> {
  const { order, fleet, person } = rollout;
  const { retiringIds, standIns, undo, beforeEach } = retirement;
  person.mayTurnBack = false;
  undo(
    standIns ? 'replace the terminated nodes on demand' : 'give up the terminated nodes',
    () => (standIns ? makeStandIns(rollout, retiringIds) : giveUp(rollout, retiringIds)),
    'needed',
  );
  await beforeEach();
  const staying = await quick.checkStaying({
    order,
    stayingIds: fleet.members.filter((id) => !retiringIds.includes(id)),
  });
  const terminated: Record<string, string> = {};
  for (const instanceId of retiringIds) {
    await beforeEach();
    const summary = `give back ${instanceId}`;
    const { state } = await patient.terminateNode.executeWithOptions({ summary }, [{ order, instanceId }]);
    terminated[instanceId] = state;
    fleet.terminated.push(instanceId);
  }
  return { terminated, ...staying.evidence };
}

/** A termination that was reported as refused may have been carried out: the cloud has the last word. */
async function trulyGone(
  { order, fleet }: Rollout,
  retiringIds: readonly string[],
): Promise<readonly string[]> {
  const gone = await quick.findGone({ order, instanceIds: retiringIds });
  fleet.terminated.push(...gone.filter((id) => !fleet.terminated.includes(id)));
  return gone;
}

async function giveUp(rollout: Rollout, retiringIds: readonly string[]): Promise<void> {
  for (const id of await trulyGone(rollout, retiringIds)) {
    rollout.fleet.succeed(id, null);
  }
}

/** The old fleet carried the traffic only as a whole; a part of it would break what the customer promised. */
async function makeStandIns(rollout: Rollout, retiringIds: readonly string[]): Promise<void> {
  const { order, fleet } = rollout;
  const gone = await trulyGone(rollout, retiringIds);
  if (gone.length === 0) return;
  const lost = await quick.describeNodes({ order, instanceIds: gone });
  for (const [index, node] of lost.entries()) {
    const group: NodeGroup = {
      name: `stand-in-${node.instanceId}`,
      place: node.place,
      instanceType: node.instanceType,
      lifecycle: node.lifecycle,
      zones: [node.zone],
      fallbackZones: lost.filter((_other, other) => other !== index).map(({ zone }) => zone),
      onDemandZone: node.zone,
      likeInstanceIds: [node.instanceId, ...fleet.members],
    };
    const { nodes } = await createNodes(rollout, group);
    fleet.succeed(node.instanceId, nodes[0]?.instanceId ?? null);
  }
}
