import { OptiInfraError } from '../../../support/errors.ts';
import { TAGS, isAlive, type Cloud, type CloudInstance, type LaunchRequest } from '../cloud/cloud.ts';
import type { NodeGroup, RolloutOrder, Slot } from '../contract.ts';

/** Clouds allow no more of a client token. */
const TOKEN_LENGTH = 64;

export function slotName({ name }: NodeGroup, { slot }: Slot): string {
  return `${name}-${String(slot)}`;
}

/**
 * One node for one slot. The slot's tag finds a node that an earlier try made; the client token guards the race. Without
 * spot capacity anywhere it runs on demand where the plan allows that, and says by a tag that it would rather be spot.
 */
export async function fillSlot(
  cloud: Cloud,
  order: RolloutOrder,
  group: NodeGroup,
  slot: Slot,
  refusals: string[],
): Promise<CloudInstance> {
  const name = slotName(group, slot);
  const made = await cloud.findByTag(TAGS.optimization, order.optimizationId);
  const existing = made.find(
    (node) => isAlive(node) && node.tags[TAGS.slot] === name && !slot.lostIds.includes(node.instanceId),
  );
  if (existing !== undefined) return existing;
  for (const zone of zonesFor(group, slot)) {
    const node = await tried(refusals, group.instanceType, zone, () =>
      cloud.launch(requestFor(order, group, slot, { zone, lifecycle: group.lifecycle })),
    );
    if (node !== null) return node;
  }
  if (group.lifecycle === 'spot' && group.onDemandZone !== null) {
    return cloud.launch(
      requestFor(
        order,
        group,
        slot,
        { zone: group.onDemandZone, lifecycle: 'on_demand' },
        {
          [TAGS.fallback]: 'spot',
        },
      ),
    );
  }
  throw new OptiInfraError(
    'NO_SPOT_CAPACITY',
    `no ${group.lifecycle === 'spot' ? 'spot ' : ''}capacity for ${group.instanceType} in any allowed zone; the fleet stays on demand (${refusals.join('; ')})`,
  );
}

/** The slot's own zone, then the other planned ones, then the fallbacks; last the one that has just lost a node. */
export function zonesFor(
  { zones, fallbackZones }: Pick<NodeGroup, 'zones' | 'fallbackZones'>,
  { slot, avoidZone }: Pick<Slot, 'slot' | 'avoidZone'>,
): readonly string[] {
  const all = [...new Set([...zones.slice(slot, slot + 1), ...zones, ...fallbackZones])];
  return [...all.filter((zone) => zone !== avoidZone), ...all.filter((zone) => zone === avoidZone)];
}

async function tried(
  refusals: string[],
  instanceType: string,
  zone: string,
  launch: () => Promise<CloudInstance>,
): Promise<CloudInstance | null> {
  try {
    return await launch();
  } catch (error) {
    if (!(error instanceof OptiInfraError && error.code === 'NO_SPOT_CAPACITY')) throw error;
    refusals.push(`${instanceType} in ${zone}: ${error.message}`);
    return null;
  }
}

function requestFor(
  order: RolloutOrder,
  group: NodeGroup,
  slot: Slot,
  { zone, lifecycle }: Pick<LaunchRequest, 'zone' | 'lifecycle'>,
  tags: Readonly<Record<string, string>> = {},
): LaunchRequest {
  const name = slotName(group, slot);
  const kind = lifecycle === 'spot' ? 's' : 'o';
  return {
    instanceType: group.instanceType,
    zone,
    lifecycle,
    // What tells tries apart comes first: a long name may lose its end.
    clientToken: `${String(slot.attempt)}${kind}-${zone}-${order.optimizationId}-${name}`.slice(
      0,
      TOKEN_LENGTH,
    ),
    likeInstanceIds: group.likeInstanceIds,
    tags: {
      [TAGS.deployment]: order.deployment,
      [TAGS.optimization]: order.optimizationId,
      [TAGS.customer]: order.customerId,
      [TAGS.slot]: name,
      ...tags,
    },
  };
}
