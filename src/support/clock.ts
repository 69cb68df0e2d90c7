import { setTimeout as delay } from 'node:timers/promises';

/**
 * Two times run side by side. Wall time is the machine's: budgets, security and heartbeats use it.
 * World time runs `timeScale` times faster: traffic, prices, observation windows and costs use it.
 */
export interface Clock {
  /** Wall time, milliseconds since the epoch. */
  wallMs(): number;
  /** World time, milliseconds since the epoch. */
  worldMs(): number;
  /** World seconds that pass in one wall second. */
  readonly timeScale: number;
  /** Monotonic milliseconds, for durations. */
  monotonicMs(): number;
  /** Resolves after `ms` of wall time; rejects when `signal` aborts. */
  sleepWall(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves after `ms` of world time; rejects when `signal` aborts. */
  sleepWorld(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The common origin that lets processes of one environment agree on world time. */
export interface WorldAnchor {
  /** Wall milliseconds at which the environment started. */
  readonly wallMs: number;
  /** World milliseconds at that moment. */
  readonly worldMs: number;
  readonly timeScale: number;
}

/** World time starts at the wall time of the environment's start, so both read alike in the first moment. */
export function anchorNow(timeScale: number): WorldAnchor {
  const now = Date.now();
  return { wallMs: now, worldMs: now, timeScale };
}

export function createClock(anchor: WorldAnchor): Clock {
  const worldMs = (): number => anchor.worldMs + (Date.now() - anchor.wallMs) * anchor.timeScale;
  const sleepWall = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
  };
  return {
    wallMs: () => Date.now(),
    worldMs,
    timeScale: anchor.timeScale,
    monotonicMs: () => performance.now(),
    sleepWall,
    sleepWorld: (ms, signal) => sleepWall(ms / anchor.timeScale, signal),
  };
}

/** RFC 3339 in UTC with milliseconds, the only form in which a time leaves a process. */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
