import type { FixtureActivities } from '../src/contracts/activities.ts';
import { acmeFleet, createCustomer } from '../src/fixtures/index.ts';
import { cleanUpRun } from './clean-up.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';

/** Makes what a scenario runs on, and takes it away. */
export function createFixtureActivities(dependencies: ActivityDependencies): FixtureActivities {
  const { harness, world } = dependencies;
  return {
    prepareCustomer: (input) =>
      heartbeating((progress) => createCustomer(harness, world, { fleet: acmeFleet(input), progress })),

    injectFault: ({ subject, fault }) =>
      heartbeating(async () => {
        await world.inject(subject.siteId, fault.fault);
        return `${fault.fault.kind} before ${fault.beforePhase}`;
      }),

    cleanUp: (input) => heartbeating((progress) => cleanUpRun(dependencies, input, progress)),
  };
}
