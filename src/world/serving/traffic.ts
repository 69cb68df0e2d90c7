import type { TrafficProfile } from '../../contracts/world.ts';
import { randomStream } from '../../support/random.ts';
import type { ServingRequest } from './request.ts';

export interface TrafficOptions {
  readonly seed: number;
  readonly profile: TrafficProfile;
  /** World time of the first moment traffic may arrive. */
  readonly startMs: number;
  /** Makes request ids unique between sites: `<prefix>-<n>`. */
  readonly idPrefix: string;
}

/** Poisson arrivals with log-normal lengths. The same options give the same requests, however often it is asked. */
export interface Traffic {
  /** Requests that arrived since the last call, up to and including `worldMs`, in order. */
  arrivalsUntil(worldMs: number): ServingRequest[];
  /** Changes the rate from the last asked moment on; 0 stops traffic. */
  setRate(requestsPerSecond: number): void;
  readonly requestsPerSecond: number;
}

class PoissonTraffic implements Traffic {
  readonly #profile: TrafficProfile;
  readonly #idPrefix: string;
  readonly #arrivals;
  readonly #inputLengths;
  readonly #outputLengths;
  #ratePerMs: number;
  #count = 0;
  /** Moment up to which `#untilNext` is measured. */
  #sinceMs: number;
  /** Expected arrivals between `#sinceMs` and the next one: keeps the law when the rate changes. */
  #untilNext: number;

  constructor(options: TrafficOptions) {
    this.#profile = options.profile;
    this.#idPrefix = options.idPrefix;
    this.#arrivals = randomStream(options.seed, 'arrivals');
    this.#inputLengths = randomStream(options.seed, 'input-lengths');
    this.#outputLengths = randomStream(options.seed, 'output-lengths');
    this.#ratePerMs = options.profile.requestsPerSecond / 1000;
    this.#sinceMs = options.startMs;
    this.#untilNext = this.#arrivals.exponential(1);
  }

  get requestsPerSecond(): number {
    return this.#ratePerMs * 1000;
  }

  setRate(requestsPerSecond: number): void {
    this.#ratePerMs = requestsPerSecond / 1000;
  }

  arrivalsUntil(worldMs: number): ServingRequest[] {
    const requests: ServingRequest[] = [];
    if (worldMs <= this.#sinceMs) return requests;
    if (this.#ratePerMs > 0) {
      let atMs = this.#sinceMs + this.#untilNext / this.#ratePerMs;
      while (atMs <= worldMs) {
        requests.push(this.#request(atMs));
        this.#sinceMs = atMs;
        this.#untilNext = this.#arrivals.exponential(1);
        atMs += this.#untilNext / this.#ratePerMs;
      }
    }
    this.#untilNext -= (worldMs - this.#sinceMs) * this.#ratePerMs;
    this.#sinceMs = worldMs;
    return requests;
  }

  #request(arrivedAtMs: number): ServingRequest {
    const profile = this.#profile;
    this.#count += 1;
    return {
      requestId: `${this.#idPrefix}-${String(this.#count)}`,
      arrivedAtMs,
      inputTokens: tokens(this.#inputLengths.logNormal(profile.inputTokensMean, profile.inputTokensCv)),
      outputTokens: tokens(this.#outputLengths.logNormal(profile.outputTokensMean, profile.outputTokensCv)),
      sharedPrefixShare: profile.sharedPrefixShare,
    };
  }
}

function tokens(length: number): number {
  return Math.max(1, Math.round(length));
}

export function createTraffic(options: TrafficOptions): Traffic {
  return new PoissonTraffic(options);
}
