import { runIdOfFixture } from '../src/contracts/attempts.ts';
import { TERMINAL_OPTIMIZATION_STATUSES } from '../src/contracts/api/recommendations.ts';
import { waitForCondition } from '../src/client/index.ts';
import type { ActivityDependencies } from './context.ts';

const CANCEL_DEADLINE_MS = 60_000;

/**
 * Ends a run's unfinished optimizations and takes its sites down; returns what it ended. Finds by run id what nobody
 * has told of: a fixture that failed half way, a run that was terminated, the attempts before. Safe to repeat.
 */
export async function cleanUpRun(
  dependencies: Pick<ActivityDependencies, 'harness' | 'world' | 'database'>,
  { runId }: { readonly runId: string },
  progress: (what: string) => void,
): Promise<string[]> {
  const { world, database } = dependencies;
  const done: string[] = [];
  const customers = await database.rows<{ customer_id: string }>(
    'SELECT DISTINCT customer_id FROM users WHERE email LIKE $1 OR email LIKE $2',
    [`%.${runId}@e2e.example`, `%.${runId}.a%@e2e.example`],
  );
  for (const { customer_id: customerId } of customers) {
    progress(`ending optimizations of ${customerId}`);
    done.push(...(await endOptimizations(dependencies, customerId)));
  }
  const sites = (await world.sites()).filter((each) => runIdOfFixture(each.runId) === runId);
  for (const { site } of sites) {
    progress(`removing ${site.siteId}`);
    await world.removeSite(site.siteId);
    done.push(site.siteId);
  }
  return done;
}

async function endOptimizations(
  { harness, database }: Pick<ActivityDependencies, 'harness' | 'database'>,
  customerId: string,
): Promise<string[]> {
  const unfinished = () =>
    database.rows<{ id: string }>(
      'SELECT id FROM optimizations WHERE customer_id = $1 AND status <> ALL($2::text[])',
      [customerId, TERMINAL_OPTIMIZATION_STATUSES],
    );
  const ids = (await unfinished()).map(({ id }) => id);
  if (ids.length === 0) return ids;
  for (const id of ids) await harness.admin().cancelOptimization(id, 'its run has ended');
  await waitForCondition(
    async () => {
      const left = await unfinished();
      return left.length === 0 ? { done: true, value: null } : { done: false, observed: left };
    },
    {
      condition: `the end of ${ids.join(', ')}`,
      deadlineMs: CANCEL_DEADLINE_MS,
      intervalMs: 250,
      clock: harness.clock,
    },
  );
  return ids;
}
