import type { FixtureActivities } from '../src/contracts/activities.ts';
import { TERMINAL_OPTIMIZATION_STATUSES } from '../src/contracts/api/recommendations.ts';
import { acmeFleet, createCustomer } from '../src/fixtures/index.ts';
import { waitForCondition } from '../src/client/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';

const CANCEL_DEADLINE_MS = 60_000;

/** Makes what a scenario runs on, and takes it away. */
export function createFixtureActivities(dependencies: ActivityDependencies): FixtureActivities {
  const { harness, world, database } = dependencies;
  return {
    prepareCustomer: (input) =>
      heartbeating((progress) => createCustomer(harness, world, { fleet: acmeFleet(input), progress })),

    injectFault: ({ subject, fault }) =>
      heartbeating(async () => {
        await world.inject(subject.siteId, fault.fault);
        return `${fault.fault.kind} before ${fault.beforePhase}`;
      }),

    cleanUp: (input) =>
      heartbeating(async (progress) => {
        const done: string[] = [];
        for (const customerId of input.customerIds) {
          progress(`ending optimizations of ${customerId}`);
          done.push(...(await endOptimizations(dependencies, customerId)));
        }
        // By run as well as by id: a fixture that failed half way has told nobody its site.
        const sites = await world.sitesOf(input.runId);
        const siteIds = new Set([...input.siteIds, ...sites.map(({ site }) => site.siteId)]);
        for (const siteId of siteIds) {
          progress(`removing ${siteId}`);
          await world.removeSite(siteId);
          done.push(siteId);
        }
        return done;
      }),
  };

  async function endOptimizations(_: ActivityDependencies, customerId: string): Promise<string[]> {
    const unfinished = () =>
      database.rows<{ id: string }>(
        'SELECT id FROM optimizations WHERE customer_id = $1 AND status <> ALL($2::text[])',
        [customerId, TERMINAL_OPTIMIZATION_STATUSES],
      );
    const running = await unfinished();
    for (const { id } of running) await harness.admin().cancelOptimization(id);
    if (running.length > 0) {
      await waitForCondition(
        async () => {
          const left = await unfinished();
          return left.length === 0 ? { done: true, value: null } : { done: false, observed: left };
        },
        {
          condition: `the end of ${running.map(({ id }) => id).join(', ')}`,
          deadlineMs: CANCEL_DEADLINE_MS,
          intervalMs: 250,
          clock: harness.clock,
        },
      );
    }
    return running.map(({ id }) => id);
  }
}
