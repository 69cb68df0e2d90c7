import type { Logger } from 'pino';

import { describeError } from '../src/support/errors.ts';
import { adoptOrphans, underWay, type Versions } from './versions.ts';

const LOOK_EVERY_MS = 2_000;

export interface KeptVersion {
  readonly buildId: string;
  /** A newer build has taken over: this one only ends what it has begun. */
  readonly draining: () => boolean;
  /** Called when a draining build has nothing under way any more. */
  readonly onDrained: () => void;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * Looks after the runs of builds until aborted: the current one takes over those that no worker serves, a draining one
 * waits for the end of its own. A look that fails is logged and tried again: it must not stop the worker.
 */
export async function keepVersion(versions: Versions, kept: KeptVersion): Promise<void> {
  const { buildId, logger, signal } = kept;
  // Temporal shows a start some milliseconds late: only the second empty look in a row counts.
  let emptyLooks = 0;
  while (!signal.aborted) {
    try {
      if (kept.draining()) {
        const left = await underWay(versions, buildId);
        emptyLooks = left === 0 ? emptyLooks + 1 : 0;
        if (emptyLooks >= 2) {
          kept.onDrained();
          return;
        }
      } else {
        const adopted = await adoptOrphans(versions, buildId);
        if (adopted.length > 0) logger.warn({ adopted }, 'took over runs of a build that nobody runs');
      }
    } catch (error) {
      logger.warn({ reason: describeError(error) }, 'a look at builds failed; the next one tries again');
    }
    await versions.clock.sleepWall(LOOK_EVERY_MS, signal).catch(() => undefined);
  }
}
