import { OptiInfraError } from '../../../support/errors.ts';
import { waitFor } from '../../../support/waiting.ts';
import { TAGS, type Cloud, type CloudInstance } from '../cloud/cloud.ts';
import type { RolloutActivities, RolloutOrder } from '../contract.ts';
import type { RolloutDependencies } from './dependencies.ts';

const LOOK_EVERY_MS = 200;
/** A cold start may take half as long again as the market says, and the inventory some seconds to tell. */
const COLD_START_SLACK = 1.5;
const REPORTING_SLACK_MS = 30_000;

/** Creating, awaiting and giving back the spot nodes of a rollout. */
export function createNodeActivities(
  dependencies: RolloutDependencies,
): Pick<RolloutActivities, 'launchSpotNodes' | 'awaitNodesReady' | 'terminateSpotNodes' | 'findGone'> {
  return {
    launchSpotNodes: async ({ order }) => {
      const cloud = await dependencies.cloud(order);
      const refusals: string[] = [];
      const nodes: CloudInstance[] = [];
      for (const slot of order.spotNodes.keys()) {
        dependencies.pulse().beat({ slot });
        nodes.push(await fillSlot(cloud, order, slot, refusals));
      }
      return {
        nodes: nodes.map(({ instanceId, zone }) => ({ instanceId, zone })),
        evidence: {
          instances: nodes.map((node) => ({
            instance_id: node.instanceId,
            zone: node.zone,
            lifecycle: node.lifecycle,
            instance_type: node.instanceType,
          })),
          refused_pools: refusals,
        },
      };
    },
    awaitNodesReady: (input) => awaitReady(dependencies, input.order, input.instanceIds),
    terminateSpotNodes: async ({ order }) => {
      const cloud = await dependencies.cloud(order);
      const made = await cloud.findByTag(TAGS.optimization, order.optimizationId);
      const terminatedIds = made.filter(isAlive).map(({ instanceId }) => instanceId);
      await cloud.terminate(terminatedIds);
      return { terminatedIds };
    },
    findGone: async ({ order, instanceIds }) => {
      const cloud = await dependencies.cloud(order);
      const alive = new Set(
        (await cloud.describe(instanceIds)).filter(isAlive).map((node) => node.instanceId),
      );
      return instanceIds.filter((id) => !alive.has(id));
    },
  };
}

export function isAlive({ state }: CloudInstance): boolean {
  return state === 'pending' || state === 'running';
}

/** One spot node for one slot. The slot's tag finds a node that an earlier attempt made; the client token guards the race. */
async function fillSlot(
  cloud: Cloud,
  order: RolloutOrder,
  slot: number,
  refusals: string[],
): Promise<CloudInstance> {
  const made = await cloud.findByTag(TAGS.optimization, order.optimizationId);
  const existing = made.find((node) => isAlive(node) && node.tags[TAGS.slot] === String(slot));
  if (existing !== undefined) return existing;
  for (const zone of zonesFor(order, slot)) {
    try {
      return await cloud.launchSpot({
        instanceType: order.instanceType,
        zone,
        clientToken: `${order.optimizationId}-${String(slot)}-${zone}`.slice(0, 64),
        likeInstanceId: order.retiringIds[0] ?? '',
        tags: {
          [TAGS.deployment]: order.deployment,
          [TAGS.optimization]: order.optimizationId,
          [TAGS.customer]: order.customerId,
          [TAGS.slot]: String(slot),
        },
      });
    } catch (error) {
      if (!(error instanceof OptiInfraError && error.code === 'NO_SPOT_CAPACITY')) throw error;
      refusals.push(`${order.instanceType} in ${zone}: ${error.message}`);
    }
  }
  throw new OptiInfraError(
    'NO_SPOT_CAPACITY',
    `no spot capacity for ${order.instanceType} in any allowed zone; the fleet stays on demand (${refusals.join('; ')})`,
  );
}

/** The slot's own zone, then the other planned ones, then the fallbacks. */
export function zonesFor(
  order: Pick<RolloutOrder, 'spotNodes' | 'fallbackZones'>,
  slot: number,
): readonly string[] {
  const planned = order.spotNodes.map(({ zone }) => zone);
  return [...new Set([...planned.slice(slot, slot + 1), ...planned, ...order.fallbackZones])];
}

/** Waits until the platform's inventory, fed by the customer's agent-runtime, says that every node serves. */
async function awaitReady(
  { orchestrator, market, clock, pulse }: RolloutDependencies,
  order: RolloutOrder,
  instanceIds: readonly string[],
): ReturnType<RolloutActivities['awaitNodesReady']> {
  const { beat, signal } = pulse();
  const startedWorldMs = clock.worldMs();
  const coldStartSeconds = await market.coldStartSeconds({ provider: 'aws', ...order });
  const states = await waitFor(
    async () => {
      const { instances } = await orchestrator.context(order.customerId);
      const seen = instanceIds.map((id) => instances.find(({ instance_id }) => instance_id === id));
      const lost = seen.find((node) => node?.state === 'terminated' || node?.state === 'shutting-down');
      if (lost !== undefined) {
        throw new OptiInfraError('INVALID_STATE', `${lost.instance_id} was lost before it was ready`);
      }
      const observed = Object.fromEntries(
        instanceIds.map((id, index) => [
          id,
          seen[index]?.ready === true ? 'ready' : (seen[index]?.state ?? 'unseen'),
        ]),
      );
      const done = seen.every((node) => node?.ready === true && node.deployment === order.deployment);
      return done ? { done, value: observed } : { done: false, observed };
    },
    {
      condition: `${String(instanceIds.length)} spot nodes to serve`,
      deadlineMs: (coldStartSeconds * 1_000 * COLD_START_SLACK) / clock.timeScale + REPORTING_SLACK_MS,
      intervalMs: LOOK_EVERY_MS,
      clock,
      signal,
      onObservation: beat,
    },
  );
  return {
    evidence: {
      readiness: states,
      waited_world_seconds: Math.round((clock.worldMs() - startedWorldMs) / 1_000),
      expected_cold_start_seconds: coldStartSeconds,
    },
  };
}
