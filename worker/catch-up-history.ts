import { join } from 'node:path';

import { describeError } from '../src/support/errors.ts';
import type { ActivityDependencies } from '../activities/context.ts';

/**
 * A new environment's ClickHouse knows nothing of the runs before it, whose files are still there. Never throws: the
 * worker works without, and `e2e history` catches up again.
 */
export async function catchUpHistory({
  history,
  harness: { logger },
  stateDirectory,
}: Pick<ActivityDependencies, 'history' | 'harness' | 'stateDirectory'>): Promise<void> {
  try {
    const { unreadable, ...counts } = await history.synchronise(join(stateDirectory, 'runs'));
    for (const each of unreadable) logger.warn(each, 'a record is not in the history of runs');
    logger.info(counts, 'the history of runs is up to date');
  } catch (error) {
    logger.warn({ reason: describeError(error) }, 'the history of runs is behind; `e2e history` catches up');
  }
}
