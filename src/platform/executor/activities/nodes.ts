import type { InstanceView } from '../../../contracts/api/customers.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { waitFor } from '../../../support/waiting.ts';
import { TAGS, isAlive } from '../cloud/cloud.ts';
import type { NodeGroup, RolloutActivities, RolloutOrder } from '../contract.ts';
import type { RolloutDependencies } from './dependencies.ts';
import { doorTo, everywhere } from './doors.ts';
import { fillSlot, slotName } from './slots.ts';

const LOOK_EVERY_MS = 200;
/** A cold start may take half as long again as the market says, and the inventory some seconds to tell. */
const COLD_START_SLACK = 1.5;
const REPORTING_SLACK_MS = 30_000;

type NodeActivities = Pick<
  RolloutActivities,
  'launchNodes' | 'awaitNodesReady' | 'terminateMade' | 'findGone' | 'findLost' | 'describeNodes'
>;

/** Creating, awaiting and giving back the nodes of a rollout. */
export function createNodeActivities(dependencies: RolloutDependencies): NodeActivities {
  return {
    launchNodes: (input) => launch(dependencies, input),
    awaitNodesReady: (input) => awaitReady(dependencies, input),
    terminateMade: async ({ order, group }) => {
      const cloud = await dependencies.cloud(doorTo(order, group.place));
      const made = await cloud.findByTag(TAGS.optimization, order.optimizationId);
      const terminatedIds = made
        .filter((node) => isAlive(node) && node.tags[TAGS.slot]?.startsWith(`${group.name}-`) === true)
        .map(({ instanceId }) => instanceId);
      await cloud.terminate(terminatedIds);
      return { terminatedIds };
    },
    findGone: async ({ order, instanceIds }) => {
      const alive = new Set(await aliveOf(dependencies, order, instanceIds));
      return instanceIds.filter((id) => !alive.has(id));
    },
    findLost: ({ order, instanceIds }) => lostOf(dependencies, order, instanceIds),
    describeNodes: async ({ order, instanceIds }) => {
      const known = await everywhere(dependencies, order, (cloud) => cloud.describe(instanceIds));
      return instanceIds.map((id) => {
        const node = known.find(({ instanceId }) => instanceId === id);
        if (node === undefined)
          throw new OptiInfraError('INVALID_STATE', `no cloud remembers instance ${id}`);
        const { instanceId, instanceType, zone, lifecycle, place } = node;
        const { provider, region } = place;
        return { instanceId, instanceType, zone, lifecycle, place: { provider, region } };
      });
    },
  };
}

async function aliveOf(
  dependencies: Pick<RolloutDependencies, 'cloud'>,
  order: Pick<RolloutOrder, 'doors'>,
  instanceIds: readonly string[],
): Promise<readonly string[]> {
  const known = await everywhere(dependencies, order, (cloud) => cloud.describe(instanceIds));
  return known.filter(isAlive).map(({ instanceId }) => instanceId);
}

/** Gone, or announced to be taken: the runtime drains such a node, so its share is on the others already. */
export async function lostOf(
  dependencies: Pick<RolloutDependencies, 'cloud' | 'orchestrator'>,
  order: Pick<RolloutOrder, 'doors' | 'customerId'>,
  instanceIds: readonly string[],
): Promise<readonly string[]> {
  const [alive, { instances }] = await Promise.all([
    aliveOf(dependencies, order, instanceIds),
    dependencies.orchestrator.context(order.customerId),
  ]);
  const announced = new Set(instances.filter(isAnnounced).map(({ instance_id }) => instance_id));
  return instanceIds.filter((id) => !alive.includes(id) || announced.has(id));
}

function isAnnounced({ interruption_at: at }: Pick<InstanceView, 'interruption_at'>): boolean {
  return at !== undefined && at !== null;
}

async function launch(
  { cloud: enter, pulse }: RolloutDependencies,
  { order, group, slots }: Parameters<RolloutActivities['launchNodes']>[0],
): ReturnType<RolloutActivities['launchNodes']> {
  const cloud = await enter(doorTo(order, group.place));
  const { beat } = pulse();
  const refusals: string[] = [];
  const nodes = [];
  for (const slot of slots) {
    beat({ slot: slotName(group, slot) });
    nodes.push(await fillSlot(cloud, order, group, slot, refusals));
  }
  return {
    nodes: nodes.map(({ instanceId, zone, lifecycle }) => ({ instanceId, zone, lifecycle })),
    evidence: {
      instances: nodes.map((node) => ({
        instance_id: node.instanceId,
        zone: node.zone,
        lifecycle: node.lifecycle,
        instance_type: node.instanceType,
        provider: group.place.provider,
        region: group.place.region,
      })),
      refused_pools: refusals,
    },
  };
}

/** Waits until the platform's inventory, fed by the customer's agent-runtime, says that every node serves. */
async function awaitReady(
  dependencies: RolloutDependencies,
  { order, group, instanceIds }: Parameters<RolloutActivities['awaitNodesReady']>[0],
): ReturnType<RolloutActivities['awaitNodesReady']> {
  const { orchestrator, clock, pulse } = dependencies;
  const { beat, signal } = pulse();
  const startedWorldMs = clock.worldMs();
  const coldStartSeconds = await coldStartOf(dependencies, order, group);
  const { lostIds, states } = await waitFor(
    async () => {
      const { instances } = await orchestrator.context(order.customerId);
      const seen = instanceIds.map((id) => instances.find(({ instance_id }) => instance_id === id));
      const observed = Object.fromEntries(
        instanceIds.map((id, index) => [
          id,
          seen[index]?.ready === true ? 'ready' : (seen[index]?.state ?? 'unseen'),
        ]),
      );
      const lost = seen.flatMap((node) =>
        node !== undefined && (isAnnounced(node) || ['terminated', 'shutting-down'].includes(node.state))
          ? [node.instance_id]
          : [],
      );
      if (lost.length > 0) return { done: true, value: { lostIds: lost, states: observed } };
      const done = seen.every((node) => node?.ready === true && node.deployment === order.deployment);
      return done ? { done, value: { lostIds: [], states: observed } } : { done: false, observed };
    },
    {
      condition: `${String(instanceIds.length)} nodes to serve`,
      deadlineMs: (coldStartSeconds * 1_000 * COLD_START_SLACK) / clock.timeScale + REPORTING_SLACK_MS,
      intervalMs: LOOK_EVERY_MS,
      clock,
      signal,
      onObservation: beat,
    },
  );
  return {
    lostIds,
    evidence: {
      readiness: states,
      waited_world_seconds: Math.round((clock.worldMs() - startedWorldMs) / 1_000),
      expected_cold_start_seconds: coldStartSeconds,
    },
  };
}

function coldStartOf(
  { market }: Pick<RolloutDependencies, 'market'>,
  order: RolloutOrder,
  { place, instanceType }: Pick<NodeGroup, 'place' | 'instanceType'>,
): Promise<number> {
  const { provider, region, account_id: accountId } = doorTo(order, place);
  return market.coldStartSeconds({ provider, region, accountId, instanceType });
}
