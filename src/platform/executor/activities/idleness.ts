import type { RolloutActivities } from '../contract.ts';
import type { RolloutDependencies } from './dependencies.ts';
import { createHorizon } from './horizon.ts';

/** World time without a request after which drained nodes are taken for idle. The finding itself rests on an hour. */
const IDLE_WORLD_MS = 300_000;
const LOOK_EVERY_MS = 250;

/** Watches a deployment for requests; the first one ends it. */
export async function observeIdle(
  { telemetry, clock, pulse, orchestrator }: RolloutDependencies,
  { order, fromMs }: Parameters<RolloutActivities['observeIdle']>[0],
): ReturnType<RolloutActivities['observeIdle']> {
  const { beat, signal } = pulse();
  const completeUntil = createHorizon({ telemetry, clock }, order);
  for (;;) {
    signal.throwIfAborted();
    const toMs = Math.max(fromMs, await completeUntil());
    const { requestsByInstance } = await telemetry.traffic({ ...order, fromMs, toMs });
    const requests = Object.values(requestsByInstance).reduce((sum, count) => sum + count, 0);
    const watchedMs = toMs - fromMs;
    beat({ requests, watched_world_ms: watchedMs });
    if (requests > 0 || watchedMs >= IDLE_WORLD_MS) {
      // Silence is only a finding while somebody listens: the inventory comes from the same agent-runtime.
      const { instances } = await orchestrator.context(order.customerId);
      const reporting = instances.filter(({ deployment, ready }) => deployment === order.deployment && ready);
      return {
        idle: requests === 0 && reporting.length > 0,
        requests,
        evidence: { requests, watched_world_ms: watchedMs, reporting_nodes: reporting.length },
      };
    }
    await clock.sleepWall(LOOK_EVERY_MS, signal);
  }
}
