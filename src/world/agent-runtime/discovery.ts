import type { DiscoverRequest } from '../../contracts/api/agent-runtime.ts';
import { RuntimeRefused, type RuntimeContext } from './context.ts';
import { persist } from './persist.ts';

/** World time after which the inventory is reported again even if nothing changed. */
const REFRESH_WORLD_MS = 60_000;
/** Wall time between two reports at least, however fast world time runs or however much changes. */
const SHORTEST_INTERVAL_WALL_MS = 500;

export interface Discovery {
  /** Reports the inventory as seen at the moment of sending. */
  report(): Promise<void>;
  run(): Promise<never>;
  changed(): void;
}

/** Tells the platform the whole inventory: at once, after each change, and at least each minute of world time. */
export function createDiscovery(context: RuntimeContext): Discovery {
  const { clock, logger, signal } = context;
  let changes = 0;
  let wake: (() => void) | undefined;

  const report = async (): Promise<void> => {
    const answer = await persist(
      () => context.call('POST', '/agent-runtime/discover', JSON.stringify(observe(context))),
      { what: 'discover', clock, logger, signal },
    );
    if (answer.kind === 'ok') return;
    if (answer.status === 401 || answer.status === 403) throw new RuntimeRefused(answer.reason);
    logger.error({ reason: answer.reason }, 'inventory refused');
  };
  const changeOrRefresh = async (): Promise<void> => {
    const pause = new AbortController();
    wake = () => pause.abort();
    await clock
      .sleepWorld(REFRESH_WORLD_MS, AbortSignal.any([pause.signal, signal]))
      .catch((error: unknown) => {
        if (!pause.signal.aborted) throw error;
      });
    wake = undefined;
  };

  return {
    report,
    changed: () => {
      changes += 1;
      wake?.();
    },
    run: async () => {
      for (;;) {
        const seen = changes;
        await report();
        await clock.sleepWall(SHORTEST_INTERVAL_WALL_MS, signal);
        if (changes === seen) await changeOrRefresh();
      }
    },
  };
}

function observe(context: RuntimeContext): DiscoverRequest {
  return { observed_at_ms: Math.round(context.clock.worldMs()), ...context.host.inventory() };
}
