import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import { forecastFleet, modelFault } from '../kit/observation/fleet-forecast.ts';
import { commonPlaceOf } from '../kit/observation/instance-type.ts';
import { observeDeployment } from '../kit/observation/observe-deployment.ts';
import type { AgentServices } from '../kit/services.ts';
import { splitOnDemand } from '../kit/spot/replaceable.ts';
import { found, joined, type Finding } from './finding.ts';
import { planSpot } from './spot-plan.ts';

/** Nodes that run on demand only because spot had no capacity: back to spot where it is useful again. */
export async function returnToSpot(
  services: AgentServices,
  context: CustomerContext,
  fallbackIds: readonly string[],
): Promise<Finding> {
  const ids = new Set(fallbackIds);
  const deployments = context.deployments.filter(({ name }) =>
    context.instances.some(({ instance_id, deployment }) => ids.has(instance_id) && deployment === name),
  );
  if (deployments.length === 0) return found(`no deployment has the nodes ${fallbackIds.join(', ')}`);
  return joined(
    await Promise.all(
      deployments.map(async (deployment) => {
        const { name } = deployment;
        const observed = await observeDeployment(services, context, deployment);
        if (!observed.ok) return found(observed.reason);
        const { observation } = observed;
        const place = commonPlaceOf(observation);
        if (!place.ok) return found(place.reason);
        if (place.provider !== 'aws') return found(`${name}: spot plans exist for aws only`);
        const fault = modelFault(observation, forecastFleet(observation, observation.instances.length));
        if (fault !== null) return found(`${name}: ${fault}`);
        const split = splitOnDemand(observation.instances, context.preferences, ({ instance_id }) =>
          ids.has(instance_id),
        );
        if (split.limit === 0) return found(`${name}: none of its fallback nodes may leave on demand`);
        return planSpot(services, { context, observation, place, split, type: 'return_to_spot' });
      }),
    ),
  );
}
