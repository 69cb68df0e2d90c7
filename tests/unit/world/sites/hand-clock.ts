import { once } from 'node:events';

import type { Clock } from '../../../../src/support/clock.ts';

/** World time moves by hand; a sleep ends by its signal only, so that the site's own loops stand still. */
export interface HandClock extends Clock {
  moveWorld(ms: number): void;
}

export function handClock(): HandClock {
  let nowMs = Date.parse('2026-11-22T00:00:00Z');
  const untilAborted = async (_ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (signal === undefined) await new Promise(() => undefined);
    else await once(signal, 'abort');
    signal?.throwIfAborted();
  };
  return {
    wallMs: () => nowMs,
    worldMs: () => nowMs,
    monotonicMs: () => nowMs,
    timeScale: 1,
    sleepWall: untilAborted,
    sleepWorld: untilAborted,
    moveWorld: (ms) => {
      nowMs += ms;
    },
  };
}
