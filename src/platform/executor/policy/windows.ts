/** After new weights until what queued under the old ones is answered. World milliseconds. */
export const SETTLE_MS = 5_000;

/** How long a window may stay open for its samples, and how long a hold waits for a person. World milliseconds. */
const MINIMUM_MS = 120_000;
const WITHOUT_TRAFFIC_MS = 300_000;
const MAXIMUM_MS = 3_600_000;
/** Twice the expected time: traffic has slow minutes. */
const SLACK = 2;

export function windowBoundMs(options: {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Share of the deployment's traffic that the smaller arm gets. */
  readonly armShare: number;
}): number {
  const armRate = options.requestsPerSecond * options.armShare;
  if (!(armRate > 0)) return WITHOUT_TRAFFIC_MS;
  const expectedMs = (options.requests / armRate) * 1_000;
  return Math.min(MAXIMUM_MS, Math.max(MINIMUM_MS, expectedMs * SLACK));
}

/** Longer windows an inconclusive stage gets, each with twice the samples of the one before. */
export const EXTENSIONS = 2;
const HOLD_WORLD_MS = 600_000;
/** A person needs some wall seconds at any time scale. */
const MINIMUM_HOLD_WALL_MS = 10_000;

export function holdWallMs(timeScale: number): number {
  return Math.max(MINIMUM_HOLD_WALL_MS, HOLD_WORLD_MS / timeScale);
}
