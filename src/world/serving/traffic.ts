import type { TrafficProfile } from '../../contracts/world.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { randomStream } from '../../support/random.ts';
import { createBursts, NO_BURSTS, type Bursts } from './bursts.ts';
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

/** Poisson arrivals, even or in bursts, with log-normal lengths. The same options give the same requests, however often it is asked. */
export interface Traffic {
  /** Requests that arrived since the last call, up to and including `worldMs`, in order. */
  arrivalsUntil(worldMs: number): ServingRequest[];
  /** Changes the mean rate from the last asked moment on; 0 stops traffic. */
  setRate(requestsPerSecond: number): void;
  readonly requestsPerSecond: number;
}

/** Spread of the sizes of photographs [assumption]. */
const ATTACHMENT_CV = 0.5;

class PoissonTraffic implements Traffic {
  readonly #profile: TrafficProfile;
  readonly #idPrefix: string;
  readonly #arrivals;
  readonly #inputLengths;
  readonly #outputLengths;
  readonly #attachmentSizes;
  readonly #bursts: Bursts;
  /** Mean rate, before bursts. */
  #meanPerMs: number;
  /** Rate of the present phase. */
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
    this.#attachmentSizes = randomStream(seed, `${streamPrefix}attachment-sizes`);
    this.#askedMs = options.startMs;
    this.#untilNext = this.#arrivals.exponential(1);
    this.#bursts =
      options.profile.arrivals === 'bursty' ? createBursts(seed, streamPrefix, options.startMs) : NO_BURSTS;
    this.#meanPerMs = ratePerMs(options.profile.requestsPerSecond);
    this.#ratePerMs = this.#meanPerMs * this.#bursts.factor;
    this.#nextAtMs = this.#askedMs + this.#untilNext / this.#ratePerMs;
  }

  get requestsPerSecond(): number {
    return this.#meanPerMs * 1000;
  }

  setRate(requestsPerSecond: number): void {
    this.#meanPerMs = ratePerMs(requestsPerSecond);
    this.#follow(this.#askedMs);
  }

  arrivalsUntil(worldMs: number): ServingRequest[] {
    const requests: ServingRequest[] = [];
    while (this.#bursts.endsAtMs <= worldMs) {
      const changeMs = this.#bursts.endsAtMs;
      this.#arrive(changeMs, requests);
      this.#bursts.advance();
      this.#follow(changeMs);
    }
    this.#arrive(worldMs, requests);
    this.#askedMs = Math.max(this.#askedMs, worldMs);
    return requests;
  }

  #arrive(untilMs: number, requests: ServingRequest[]): void {
    while (this.#nextAtMs <= untilMs) {
      requests.push(this.#request(this.#nextAtMs));
      this.#nextAtMs += this.#arrivals.exponential(this.#ratePerMs);
    }
  }

  /** What was left of the wait at the old rate is left at the new one: within a phase the law stays Poisson. */
  #follow(atMs: number): void {
    const rate = this.#meanPerMs * this.#bursts.factor;
    if (this.#ratePerMs > 0) this.#untilNext = (this.#nextAtMs - atMs) * this.#ratePerMs;
    this.#ratePerMs = rate;
    this.#nextAtMs = atMs + this.#untilNext / rate;
  }

  #attachment(): Pick<ServingRequest, 'attachmentBytes'> {
    const { attachmentBytesMean: mean = 0 } = this.#profile;
    if (mean === 0) return {};
    return { attachmentBytes: Math.round(this.#attachmentSizes.logNormal(mean, ATTACHMENT_CV)) };
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
      ...this.#attachment(),
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
