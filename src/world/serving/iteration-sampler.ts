import type { IterationSample } from '../../contracts/api/agent-runtime.ts';
import type { RandomStream } from '../../support/random.ts';

/** Picks about one iteration in twenty and measures it the way an exporter would: with a little noise. */
export interface IterationSampler {
  offer(atMs: number, prefillTokens: number, decodingRequests: number, durationMs: number): void;
  /** Samples since the last call, oldest first. */
  take(): IterationSample[];
}

const MEAN_GAP = 20;
/** Relative error of a measured duration, log-normal around the true one [A]. */
const MEASUREMENT_CV = 0.03;
/** Nobody takes samples while no agent-runtime runs: the oldest go first. */
const KEPT_SAMPLES = 4_096;

class Sampler implements IterationSampler {
  readonly #instanceId: string;
  readonly #noise: RandomStream;
  #samples: IterationSample[] = [];
  #untilNext: number;

  constructor(instanceId: string, noise: RandomStream) {
    this.#instanceId = instanceId;
    this.#noise = noise;
    this.#untilNext = this.#gap();
  }

  offer(atMs: number, prefillTokens: number, decodingRequests: number, durationMs: number): void {
    this.#untilNext -= 1;
    if (this.#untilNext > 0) return;
    this.#untilNext = this.#gap();
    this.#samples.push({
      instance_id: this.#instanceId,
      at_ms: atMs,
      prefill_tokens: prefillTokens,
      decoding_requests: decodingRequests,
      duration_ms: durationMs * this.#noise.logNormal(1, MEASUREMENT_CV),
    });
    if (this.#samples.length >= 2 * KEPT_SAMPLES) this.#samples = this.#samples.slice(-KEPT_SAMPLES);
  }

  take(): IterationSample[] {
    const taken = this.#samples;
    this.#samples = [];
    return taken;
  }

  /** A random gap, so that the alternation of prefills and decodes cannot hide from the sampler. */
  #gap(): number {
    return 1 + Math.floor(this.#noise.uniform() * (2 * MEAN_GAP - 1));
  }
}

export function createIterationSampler(instanceId: string, noise: RandomStream): IterationSampler {
  return new Sampler(instanceId, noise);
}
