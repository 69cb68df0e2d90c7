import { OptiInfraError } from '../../../support/errors.ts';
import { waitFor } from '../../../support/waiting.ts';
import { isAlive } from '../cloud/cloud.ts';
import type { RolloutActivities } from '../contract.ts';
import { keepsOnDemandShare } from '../policy/on-demand-share.ts';
import type { RolloutDependencies } from './dependencies.ts';
import { everywhere } from './doors.ts';

const LOOK_EVERY_MS = 200;
const GONE_LIMIT_MS = 120_000;
/** World time after which a cloud that announced to take a node has not: it will not. */
const RECLAIM_LIMIT_WORLD_MS = 300_000;

/** The irreversible step: gives nodes back, after looking once more at what then remains. */
export function createTerminationActivities(
  dependencies: RolloutDependencies,
): Pick<RolloutActivities, 'checkStaying' | 'terminateNode' | 'awaitReclaimed'> {
  return {
    checkStaying: (input) => checkStaying(dependencies, input),
    terminateNode: (input) => terminate(dependencies, input),
    awaitReclaimed: async (input) => {
      const { clock, pulse } = dependencies;
      const { beat, signal } = pulse();
      const untilMs = clock.worldMs() + RECLAIM_LIMIT_WORLD_MS;
      for (;;) {
        const state = await stateOf(dependencies, input);
        if (!isAlive({ state })) return { evidence: { state, taken_by: 'cloud' } };
        if (clock.worldMs() >= untilMs) break;
        beat({ state });
        await clock.sleepWall(LOOK_EVERY_MS, signal);
      }
      // Drained, and another is in its place: nobody shall pay for both.
      const { state } = await terminate(dependencies, input);
      return { evidence: { state, taken_by: 'rollout' } };
    },
  };
}

async function checkStaying(
  dependencies: RolloutDependencies,
  { order, stayingIds }: Parameters<RolloutActivities['checkStaying']>[0],
): ReturnType<RolloutActivities['checkStaying']> {
  if (stayingIds.length === 0) return { evidence: { staying_nodes: 0 } };
  const known = await everywhere(dependencies, order, (cloud) => cloud.describe(stayingIds));
  const alive = known.filter(isAlive);
  const kept = alive.filter(({ lifecycle }) => lifecycle === 'on_demand').length;
  const spot = alive.length - kept;
  const refuse = (message: string): never => {
    throw new OptiInfraError('INVALID_STATE', message);
  };
  if (alive.length < stayingIds.length) {
    refuse(`${String(alive.length)} of ${String(stayingIds.length)} nodes that should stay still run`);
  }
  if (!keepsOnDemandShare(kept, spot, order.minimumOnDemandShare)) {
    refuse(
      `${String(kept)} of ${String(kept + spot)} nodes would stay on demand, the customer wants a share of ${String(order.minimumOnDemandShare)}`,
    );
  }
  return {
    evidence: {
      kept_on_demand_nodes: kept,
      spot_nodes: spot,
      kept_on_demand_share: kept / (kept + spot),
      minimum_on_demand_share: order.minimumOnDemandShare,
    },
  };
}

type OneNode = Parameters<RolloutActivities['terminateNode']>[0];

async function stateOf(dependencies: RolloutDependencies, { order, instanceId }: OneNode) {
  const known = await everywhere(dependencies, order, (cloud) => cloud.describe([instanceId]));
  // What the cloud has forgotten is gone.
  return known[0]?.state ?? 'terminated';
}

async function terminate(
  dependencies: RolloutDependencies,
  input: OneNode,
): ReturnType<RolloutActivities['terminateNode']> {
  const { clock, pulse, cloud } = dependencies;
  const { beat, signal } = pulse();
  const { order, instanceId } = input;
  const [found] = await everywhere(dependencies, order, (one) => one.describe([instanceId]));
  if (found === undefined) return { state: 'terminated' };
  if (isAlive(found)) await (await cloud(found.place)).terminate([instanceId]);
  return waitFor(
    async () => {
      const state = await stateOf(dependencies, input);
      return isAlive({ state }) ? { done: false, observed: state } : { done: true, value: { state } };
    },
    {
      condition: `instance ${instanceId} to end`,
      deadlineMs: GONE_LIMIT_MS,
      intervalMs: LOOK_EVERY_MS,
      clock,
      signal,
      onObservation: beat,
    },
  );
}
