import type { TrafficProfile } from '../../contracts/world.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { randomStream } from '../../support/random.ts';
import type { ServingRequest } from './request.ts';

export interface TrafficOptions {
  readonly seed: number;
  /** Before the names of the random streams: two deployments of a seed have nothing in common. Empty unless told. */
  readonly streamPrefix?: string;
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
  /** The last moment that was asked for. */
  #askedMs: number;
  /** The next arrival; infinite while traffic stands still. */
  #nextAtMs: number;
  /** Expected arrivals left until the next one when traffic was stopped. */
  #untilNext = 0;

  constructor(options: TrafficOptions) {
    this.#profile = options.profile;
    this.#idPrefix = options.idPrefix;
    const { seed, streamPrefix = '' } = options;
    this.#arrivals = randomStream(seed, `${streamPrefix}arrivals`);
    this.#inputLengths = randomStream(seed, `${streamPrefix}input-lengths`);
    this.#outputLengths = randomStream(seed, `${streamPrefix}output-lengths`);
    this.#askedMs = options.startMs;
    this.#untilNext = this.#arrivals.exponential(1);
    this.#ratePerMs = ratePerMs(options.profile.requestsPerSecond);
    this.#nextAtMs = this.#askedMs + this.#untilNext / this.#ratePerMs;
  }

  get requestsPerSecond(): number {
    return this.#ratePerMs * 1000;
  }

  /** What was left of the wait at the old rate is left at the new one: the law stays Poisson. */
  setRate(requestsPerSecond: number): void {
    const rate = ratePerMs(requestsPerSecond);
    if (this.#ratePerMs > 0) this.#untilNext = (this.#nextAtMs - this.#askedMs) * this.#ratePerMs;
    this.#ratePerMs = rate;
    this.#nextAtMs = this.#askedMs + this.#untilNext / rate;
  }

  arrivalsUntil(worldMs: number): ServingRequest[] {
    const requests: ServingRequest[] = [];
    while (this.#nextAtMs <= worldMs) {
      requests.push(this.#request(this.#nextAtMs));
      this.#nextAtMs += this.#arrivals.exponential(this.#ratePerMs);
    }
    this.#askedMs = Math.max(this.#askedMs, worldMs);
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

function ratePerMs(requestsPerSecond: number): number {
  if (requestsPerSecond >= 0 && Number.isFinite(requestsPerSecond)) return requestsPerSecond / 1000;
  throw new OptiInfraError('VALIDATION_FAILED', `requestsPerSecond: ${requestsPerSecond} is no rate`, {
    details: { field: 'requestsPerSecond' },
  });
}

export function tokens(length: number): number {
  return Math.max(1, Math.round(length));
}

export function createTraffic(options: TrafficOptions): Traffic {
  return new PoissonTraffic(options);
}
