import { OptiInfraError } from '../../../support/errors.ts';
import { waitFor } from '../../../support/waiting.ts';
import type { RolloutActivities, RolloutOrder } from '../contract.ts';
import { keepsOnDemandShare } from '../policy/on-demand-share.ts';
import type { RolloutDependencies } from './dependencies.ts';
import { isAlive } from './nodes.ts';

const LOOK_EVERY_MS = 200;
const GONE_LIMIT_MS = 120_000;

/** The irreversible step: gives the retired on-demand nodes back, after looking once more at what then remains. */
export function createTerminationActivities(
  dependencies: RolloutDependencies,
): Pick<RolloutActivities, 'terminateOnDemand'> {
  return {
    terminateOnDemand: async ({ order, nodes }) => {
      const { clock, pulse } = dependencies;
      const { beat, signal } = pulse();
      const cloud = await dependencies.cloud(order);
      const staying = await cloud.describe([...order.keptIds, ...nodes.map(({ instanceId }) => instanceId)]);
      const kept = staying.filter((node) => isAlive(node) && node.lifecycle === 'on_demand').length;
      const spot = staying.filter((node) => isAlive(node) && node.lifecycle === 'spot').length;
      refuseBelowShare(order, kept, spot, nodes.length);
      await cloud.terminate(order.retiringIds);
      const states = await waitFor(
        async () => {
          const retired = await cloud.describe(order.retiringIds);
          const observed = Object.fromEntries(retired.map(({ instanceId, state }) => [instanceId, state]));
          return retired.some(isAlive) ? { done: false, observed } : { done: true, value: observed };
        },
        {
          condition: `${String(order.retiringIds.length)} on-demand instances to end`,
          deadlineMs: GONE_LIMIT_MS,
          intervalMs: LOOK_EVERY_MS,
          clock,
          signal,
          onObservation: beat,
        },
      );
      return {
        evidence: {
          terminated: states,
          kept_on_demand_nodes: kept,
          spot_nodes: spot,
          kept_on_demand_share: kept / (kept + spot),
          minimum_on_demand_share: order.minimumOnDemandShare,
        },
      };
    },
  };
}

function refuseBelowShare(order: RolloutOrder, kept: number, spot: number, planned: number): void {
  if (spot < planned) {
    throw new OptiInfraError('INVALID_STATE', `${String(spot)} of ${String(planned)} spot nodes still run`);
  }
  if (keepsOnDemandShare(kept, spot, order.minimumOnDemandShare)) return;
  throw new OptiInfraError(
    'INVALID_STATE',
    `${String(kept)} of ${String(kept + spot)} nodes would stay on demand, the customer wants a share of ${String(order.minimumOnDemandShare)}`,
  );
}
