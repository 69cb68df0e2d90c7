import type { Clock } from '../../../support/clock.ts';
import type { Telemetry } from '../judgement/telemetry.ts';

/** The slowest answer that still counts: a request is told of when it is answered, not when it arrives. */
const ANSWER_WORLD_MS = 5_000;
/** Nothing new for so long: no more will come, and what is there is all there is. */
const SILENT_WALL_MS = 15_000;

/**
 * World time up to which telemetry is complete. It follows what has arrived in the store, not the clock: a runtime that
 * ships late on a busy machine makes a window wait, and only one that has fallen silent leaves it empty.
 */
export function createHorizon(
  { telemetry, clock }: { telemetry: Pick<Telemetry, 'newestArrivalMs'>; clock: Clock },
  of: { readonly customerId: string; readonly deployment: string },
): () => Promise<number> {
  let newestMs = Number.NEGATIVE_INFINITY;
  let movedAtMs = clock.monotonicMs();
  return async () => {
    const seenMs = await telemetry.newestArrivalMs(of);
    if (seenMs !== null && seenMs > newestMs) {
      newestMs = seenMs;
      movedAtMs = clock.monotonicMs();
    }
    const silent = clock.monotonicMs() - movedAtMs >= SILENT_WALL_MS;
    const answeredMs = clock.worldMs() - ANSWER_WORLD_MS;
    return silent ? answeredMs : Math.min(answeredMs, newestMs - ANSWER_WORLD_MS);
  };
}
