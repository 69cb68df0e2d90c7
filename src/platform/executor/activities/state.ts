import { CANARY } from '../../../contracts/thresholds.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { TAGS, type CloudInstance } from '../cloud/cloud.ts';
import type { RolloutActivities, RolloutOrder, Snapshot } from '../contract.ts';
import type { InstanceTraffic } from '../judgement/telemetry.ts';
import { differencesFrom, type RestoredState } from '../policy/restoration.ts';
import { SETTLE_MS } from '../policy/windows.ts';
import type { RolloutDependencies } from './dependencies.ts';
import { createHorizon } from './horizon.ts';
import { measureCost } from './prices.ts';

/** World time the snapshot looks back: some thousand requests of a busy deployment. */
const SNAPSHOT_WINDOW_MS = 120_000;
/** World time a rollback waits for requests before it says that shares could not be compared. */
const RESTORED_WINDOW_LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 200;

/** Reads the state before the rollout, and again after a rollback, from the same sources. */
export function createStateActivities(
  dependencies: RolloutDependencies,
): Pick<RolloutActivities, 'takeSnapshot' | 'verifyRestored'> {
  return {
    takeSnapshot: ({ order }) => takeSnapshot(dependencies, order),
    verifyRestored: async ({ order, snapshot }) => {
      const state = await readRestoredState(dependencies, order);
      const differences = differencesFrom(snapshot, state);
      return {
        restored: differences.length === 0,
        differences,
        measured: {
          cost_before_usd_per_month: snapshot.costUsdPerMonth,
          cost_after_usd_per_month: state.costUsdPerMonth,
          instances: state.instances.length,
          ...(state.meanQuality === null ? {} : { mean_quality: state.meanQuality }),
        },
      };
    },
  };
}

async function takeSnapshot(dependencies: RolloutDependencies, order: RolloutOrder): Promise<Snapshot> {
  const takenAtWorldMs = dependencies.clock.worldMs();
  const completeUntilMs = await createHorizon(dependencies, order)();
  // No telemetry at all: the snapshot says so with zero requests over the last minutes.
  const windowToMs = Number.isFinite(completeUntilMs) ? completeUntilMs : takenAtWorldMs;
  const windowFromMs = windowToMs - SNAPSHOT_WINDOW_MS;
  const traffic = await dependencies.telemetry.traffic({ ...order, fromMs: windowFromMs, toMs: windowToMs });
  const requests = Object.values(traffic.requestsByInstance).reduce((sum, count) => sum + count, 0);
  return {
    ...(await readFleet(dependencies, order)),
    takenAtWorldMs,
    windowFromMs,
    windowToMs,
    requestsByInstance: traffic.requestsByInstance,
    meanQuality: traffic.meanQuality,
    latencyMs: traffic.latencyMs,
    requestsPerSecond: requests / (SNAPSHOT_WINDOW_MS / 1_000),
  };
}

async function readFleet(
  dependencies: RolloutDependencies,
  order: RolloutOrder,
): Promise<Pick<Snapshot, 'instances' | 'engineConfiguration' | 'engineConfigurations' | 'costUsdPerMonth'>> {
  const [cost, context] = await Promise.all([
    measureCost(dependencies, order),
    dependencies.orchestrator.context(order.customerId),
  ]);
  const deployment = context.deployments.find(({ name }) => name === order.deployment);
  if (deployment === undefined) {
    throw new OptiInfraError('INVALID_STATE', `deployment ${order.deployment} is not in the inventory`);
  }
  return {
    instances: cost.instances.filter((node) => serves(node, order)).map(toMember),
    engineConfiguration: deployment.engine_configuration,
    engineConfigurations: deployment.engine_configurations ?? {},
    costUsdPerMonth: cost.usdPerMonth,
  };
}

function serves(instance: CloudInstance, { deployment }: RolloutOrder): boolean {
  return instance.tags[TAGS.deployment] === deployment;
}
const toMember = ({ instanceId, lifecycle }: CloudInstance): Snapshot['instances'][number] => ({
  instanceId,
  lifecycle,
});

const NOTHING: InstanceTraffic = {
  requestsByInstance: {},
  errorsByInstance: {},
  scoredRequests: 0,
  meanQuality: null,
  latencyMs: null,
};

/** Waits for enough requests under the restored weights, so that shares and quality can be compared. */
async function readRestoredState(
  dependencies: RolloutDependencies,
  order: RolloutOrder,
): Promise<RestoredState> {
  const { clock, pulse } = dependencies;
  const { beat, signal } = pulse();
  const fromMs = clock.worldMs() + SETTLE_MS;
  const completeUntil = createHorizon(dependencies, order);
  for (;;) {
    const toMs = await completeUntil();
    const traffic: InstanceTraffic =
      toMs <= fromMs ? NOTHING : await dependencies.telemetry.traffic({ ...order, fromMs, toMs });
    beat({ scored_requests: traffic.scoredRequests });
    if (traffic.scoredRequests >= CANARY.minimumRequestsPerArm || toMs - fromMs > RESTORED_WINDOW_LIMIT_MS) {
      const { requestsByInstance, meanQuality } = traffic;
      return { ...(await readFleet(dependencies, order)), requestsByInstance, meanQuality };
    }
    await clock.sleepWall(LOOK_EVERY_MS, signal);
  }
}
