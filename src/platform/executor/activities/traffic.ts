import { OptiInfraError } from '../../../support/errors.ts';
import { waitFor } from '../../../support/waiting.ts';
import type { RolloutActivities } from '../contract.ts';
import type { RolloutDependencies } from './dependencies.ts';

const LOOK_EVERY_MS = 100;
/** The agent-runtime polls all the time; a minute of silence means that it is gone. */
const APPLY_LIMIT_MS = 60_000;
/** An engine that restarts finishes what runs and loads its weights first. World time, twice the longest seen. */
const RESTART_LIMIT_WORLD_MS = 1_200_000;

/** Moves traffic: sets what the agent-runtime shall apply and waits until it says that it did. */
export function createTrafficActivities({
  orchestrator,
  clock,
  pulse,
}: RolloutDependencies): Pick<RolloutActivities, 'shiftTraffic'> {
  return {
    shiftTraffic: async ({ order, weights, configurations }) => {
      const { beat, signal } = pulse();
      const generation = await orchestrator.putDesiredState(order.customerId, {
        deployments: [{ name: order.deployment, weights, engine_configurations: configurations }],
        lease: order.lease,
      });
      const restarts = Object.keys(configurations).length > 0;
      const applied = await waitFor(
        async () => {
          const status = await orchestrator.desiredStateStatus(order.customerId, generation);
          return status.applied ? { done: true, value: status } : { done: false, observed: status };
        },
        {
          condition: `the agent-runtime to apply generation ${String(generation)}`,
          deadlineMs: APPLY_LIMIT_MS + (restarts ? RESTART_LIMIT_WORLD_MS / clock.timeScale : 0),
          intervalMs: LOOK_EVERY_MS,
          clock,
          signal,
          onObservation: beat,
        },
      );
      const problems = Object.entries(applied.problems);
      if (problems.length > 0) {
        throw new OptiInfraError(
          'INVALID_STATE',
          `the agent-runtime could not apply it: ${problems.map((pair) => pair.join(': ')).join('; ')}`,
          { details: { problems: applied.problems } },
        );
      }
      return {
        appliedAtWorldMs: applied.applied_at_ms ?? clock.worldMs(),
        evidence: {
          generation,
          weights,
          applied_at_world_ms: applied.applied_at_ms,
          fencing_token: order.lease.fencing_token,
        },
      };
    },
  };
}
