import { randomStream } from '../../support/random.ts';

/** How fast a deviation from the median fades in an hour, and how large a deviation is at rest [A]. */
const PERSISTENCE = 0.9;
const RESTING_SD = 0.01;
/** No deviation beyond this: a forecast made from a quote stays honest for the length of a rollout [A]. */
const LARGEST_DEVIATION = 0.03;
/** Shocks older than this have faded to less than a hundredth. */
const MEMORY_HOURS = 48;

/**
 * A mean-reverting path (first-order autoregressive, in logarithms) around 1, one step an hour. The value of an hour is a
 * function of seed, pool and hour alone: nobody's questions move it, in whatever order they come.
 */
export interface SpotPath {
  /** Factor on the median in the hour `hour` after the origin; negative hours exist too. */
  factor(pool: string, hour: number): number;
}

class AutoregressivePath implements SpotPath {
  readonly #seed: number;
  readonly #factors = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  factor(pool: string, hour: number): number {
    const key = `${pool}/${String(hour)}`;
    const known = this.#factors.get(key);
    if (known !== undefined) return known;
    const factor = Math.exp(this.#deviation(pool, hour));
    this.#factors.set(key, factor);
    return factor;
  }

  #deviation(pool: string, hour: number): number {
    const step = RESTING_SD * Math.sqrt(1 - PERSISTENCE ** 2);
    let deviation = 0;
    for (let age = MEMORY_HOURS; age >= 0; age -= 1) {
      deviation = PERSISTENCE * deviation + step * this.#shock(pool, hour - age);
    }
    return Math.min(LARGEST_DEVIATION, Math.max(-LARGEST_DEVIATION, deviation));
  }

  #shock(pool: string, hour: number): number {
    return randomStream(this.#seed, `spot-price/${pool}/${String(hour)}`).normal();
  }
}

export function createSpotPath(seed: number): SpotPath {
  return new AutoregressivePath(seed);
}
