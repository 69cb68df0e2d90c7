import type { RolloutActivities } from '../contract.ts';
import type { RolloutDependencies } from './dependencies.ts';
import { withFailures } from './failures.ts';
import { withHeartbeats } from './heartbeats.ts';
import { createNodeActivities } from './nodes.ts';
import { createObservationActivities } from './observation.ts';
import { createOrderActivities } from './order.ts';
import { createPriceActivities } from './prices.ts';
import { createReportActivities } from './reports.ts';
import { createStateActivities } from './state.ts';
import { createTerminationActivities } from './termination.ts';
import { createTrafficActivities } from './traffic.ts';

/** Every side effect of a rollout, over one set of clients. */
export function createRolloutActivities(dependencies: RolloutDependencies): RolloutActivities {
  return withFailures(withHeartbeats(dependencies, (pulse) => assemble({ ...dependencies, pulse })));
}

function assemble(dependencies: RolloutDependencies): RolloutActivities {
  return {
    ...createOrderActivities(dependencies),
    ...createReportActivities(dependencies),
    ...createStateActivities(dependencies),
    ...createNodeActivities(dependencies),
    ...createTrafficActivities(dependencies),
    ...createObservationActivities(dependencies),
    ...createPriceActivities(dependencies),
    ...createTerminationActivities(dependencies),
  };
}
