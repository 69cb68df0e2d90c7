import type { FixtureActivities } from '../src/contracts/activities.ts';
import { createCustomer, fleetOf, siteRequestOf } from '../src/fixtures/index.ts';
import { toTimestamp } from '../src/support/clock.ts';
import { cleanUpRun } from './clean-up.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { takeAction } from './world-action.ts';

/** Makes what a scenario runs on, and takes it away. */
export function createFixtureActivities(dependencies: ActivityDependencies): FixtureActivities {
  const { harness, world } = dependencies;
  return {
    prepareCustomer: (input) =>
      heartbeating((progress) => {
        const { preferences, historyWorldMs, ...rest } = fleetOf(input.fleet);
        const fleet = siteRequestOf({ ...input, fleet: { preferences, ...rest } });
        const history = historyWorldMs === undefined ? {} : { historyWorldMs };
        return createCustomer(harness, world, { fleet, preferences, ...history, progress });
      }),

    injectFault: ({ subject, fault }) =>
      heartbeating(async () => {
        await takeAction(world, subject.siteId, fault.fault);
        return `${fault.fault.kind} before ${fault.phase}`;
      }),

    act: ({ subject, name, action }) =>
      heartbeating(async () => {
        const log = createEvidenceLog(harness.clock);
        const struck = await takeAction(world, subject.siteId, action);
        const worldMs = harness.clock.worldMs();
        log.record(`action.${name}`, [action.kind, ...struck], {
          unit: 'text',
          source: `the world, at ${toTimestamp(worldMs)} of its time`,
        });
        return {
          evidence: log.evidence,
          notes: [`${action.kind} ${struck.join(', ')}`.trim()],
          output: { worldMs, at: toTimestamp(harness.clock.wallMs()), struck },
        };
      }),

    cleanUp: (input) => heartbeating((progress) => cleanUpRun(dependencies, input, progress)),
  };
}
