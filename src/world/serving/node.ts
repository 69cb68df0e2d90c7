import type { IterationSample } from '../../contracts/api/agent-runtime.ts';
import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { RandomStream } from '../../support/random.ts';
import { createBusyLedger } from './busy-ledger.ts';
import type { HardwareProfile } from './hardware.ts';
import { createIterationSampler } from './iteration-sampler.ts';
import { finished, jobOf, type Finished, type Job, type ServingRequest } from './request.ts';
import { engineTiming, iterationMs, type EngineTiming } from './timing.ts';
import { WaitingLine } from './waiting-line.ts';

export type { Finished, ServingRequest } from './request.ts';

export interface ServingNodeOptions {
  readonly instanceId: string;
  readonly hardware: HardwareProfile;
  readonly configuration: EngineConfiguration;
  /** Measurement noise of iteration samples; never touches what is served. */
  readonly noise: RandomStream;
  /** Factor on every iteration's time: a sick node. 1 unless told. */
  readonly slowFactor?: number;
  /** A request that waits longer than this fails. 10 s unless told. */
  readonly queueTimeoutMs?: number;
}

/**
 * One node's engine as discrete events, an iteration at a time. Whoever drives it submits every request that arrived up
 * to a moment, then advances to that moment; how often it does so changes nothing in the outcome.
 */
export interface ServingNode {
  readonly instanceId: string;
  readonly configuration: EngineConfiguration;
  submit(request: ServingRequest): void;
  /** Runs the engine to `worldMs` and hands out what finished since the last call. */
  advanceTo(worldMs: number): Finished[];
  /** From the next iteration on. @throws OptiInfraError `VALIDATION_FAILED` when the hardware cannot run it. */
  setConfiguration(configuration: EngineConfiguration): void;
  setSlowFactor(factor: number): void;
  /** Requests that wait for a slot. */
  queueLength(): number;
  /** Requests on the node, waiting or running. */
  inFlight(): number;
  /** The node is lost: everything on it fails now, and nothing can be submitted any more. */
  abandon(): Finished[];
  /** Measured iterations since the last call, about one in twenty. */
  takeIterationSamples(): IterationSample[];
  /** Share of the last `windowMs` in which the engine worked. */
  busyShare(windowMs: number): number;
}

/** Prompt tokens that a `prefill_first` iteration takes, in whole prompts. */
const PREFILL_BATCH_TOKENS = 8_192;
/** Tokens that a `chunked` iteration computes, decodes included. */
const CHUNK_BUDGET_TOKENS = 2_048;
const DEFAULT_QUEUE_TIMEOUT_MS = 10_000;

class IterationNode implements ServingNode {
  readonly instanceId: string;
  readonly #hardware: HardwareProfile;
  readonly #queueTimeoutMs: number;
  readonly #busy = createBusyLedger();
  readonly #sampler;
  readonly #waiting = new WaitingLine();
  #configuration: EngineConfiguration;
  #timing: EngineTiming;
  #slowFactor = 1;
  #lost = false;
  #nowMs = Number.NEGATIVE_INFINITY;

  #prefilling: Job[] = [];
  #decoding: Job[] = [];
  #kvInUse = 0;
  #finished: Finished[] = [];

  /** The iteration in progress, when there is one; else the last. */
  #running = false;
  #startMs = 0;
  #endMs = Number.NEGATIVE_INFINITY;
  #prefillTokens = 0;
  #decodes = false;

  constructor(options: ServingNodeOptions) {
    this.instanceId = options.instanceId;
    this.#hardware = options.hardware;
    this.#configuration = options.configuration;
    this.#timing = engineTiming(options.hardware, options.configuration);
    this.setSlowFactor(options.slowFactor ?? 1);
    this.#queueTimeoutMs = options.queueTimeoutMs ?? DEFAULT_QUEUE_TIMEOUT_MS;
    this.#sampler = createIterationSampler(options.instanceId, options.noise);
  }

  get configuration(): EngineConfiguration {
    return this.#configuration;
  }

  submit(request: ServingRequest): void {
    if (this.#lost) {
      throw new OptiInfraError('INVALID_STATE', `node ${this.instanceId} is lost and takes no request`);
    }
    const job = jobOf(request);
    if (job.kvTokens <= this.#timing.maxModelTokens) this.#waiting.push(job);
    else this.#finished.push(finished(job, request.arrivedAtMs, 'prompt_too_long'));
  }

  advanceTo(worldMs: number): Finished[] {
    this.#nowMs = Math.max(this.#nowMs, worldMs);
    for (;;) {
      if (this.#running) {
        if (this.#endMs > worldMs) break;
        this.#finishIteration();
      }
      if (!this.#startIteration(worldMs)) break;
    }
    this.#busy.mark(worldMs, this.#running ? worldMs - this.#startMs : 0);
    return this.#takeFinished();
  }

  setConfiguration(configuration: EngineConfiguration): void {
    this.#timing = engineTiming(this.#hardware, configuration);
    this.#configuration = configuration;
  }

  setSlowFactor(factor: number): void {
    if (!(factor > 0 && Number.isFinite(factor))) {
      throw new OptiInfraError('VALIDATION_FAILED', `factor: ${factor} is no positive number`, {
        details: { field: 'factor' },
      });
    }
    this.#slowFactor = factor;
  }

  queueLength(): number {
    return this.#waiting.length;
  }

  inFlight(): number {
    return this.#waiting.length + this.#prefilling.length + this.#decoding.length;
  }

  abandon(): Finished[] {
    const jobs = [...this.#decoding, ...this.#prefilling, ...this.#waiting.takeAll()];
    this.#lost = true;
    this.#running = false;
    this.#decoding = [];
    this.#prefilling = [];
    this.#kvInUse = 0;
    for (const job of jobs) {
      this.#finished.push(finished(job, Math.max(this.#nowMs, job.request.arrivedAtMs), 'node_lost'));
    }
    return this.#takeFinished();
  }

  takeIterationSamples(): IterationSample[] {
    return this.#sampler.take();
  }

  busyShare(windowMs: number): number {
    return this.#busy.share(windowMs);
  }

  #takeFinished(): Finished[] {
    const taken = this.#finished;
    this.#finished = [];
    return taken;
  }

  /** Starts the next iteration if it would start before `limitMs`: who arrives at that very moment is not known yet. */
  #startIteration(limitMs: number): boolean {
    do {
      const startMs = this.#nextStartMs();
      if (startMs >= limitMs) return false;
      this.#expireWaiting(startMs);
      this.#admit(startMs);
      this.#startMs = startMs;
    } while (this.#prefilling.length === 0 && this.#decoding.length === 0);
    const { chunked } = this.#timing;
    this.#prefillTokens = this.#takePrefill(
      chunked ? Math.max(1, CHUNK_BUDGET_TOKENS - this.#decoding.length) : Number.MAX_SAFE_INTEGER,
    );
    this.#decodes = chunked || this.#prefillTokens === 0;
    const durationMs = iterationMs(
      this.#timing,
      this.#prefillTokens,
      this.#decodes ? this.#decoding.length : 0,
    );
    this.#endMs = this.#startMs + durationMs * this.#slowFactor;
    this.#running = true;
    return true;
  }

  /** At the last iteration's end, or with the next arrival when there is nothing to do. */
  #nextStartMs(): number {
    if (this.#prefilling.length > 0 || this.#decoding.length > 0) return this.#endMs;
    const next = this.#waiting.peek();
    return next === undefined ? Number.POSITIVE_INFINITY : Math.max(this.#endMs, next.request.arrivedAtMs);
  }

  #expireWaiting(atMs: number): void {
    for (let job = this.#waiting.peek(); job !== undefined; job = this.#waiting.peek()) {
      const deadlineMs = job.request.arrivedAtMs + this.#queueTimeoutMs;
      if (atMs <= deadlineMs) return;
      this.#waiting.dropHead();
      this.#finished.push(finished(job, deadlineMs, 'queue_timeout'));
    }
  }

  #admit(atMs: number): void {
    let batchTokens = 0;
    for (const job of this.#prefilling) batchTokens += job.prefillLeft;
    for (let job = this.#waiting.peek(); job !== undefined; job = this.#waiting.peek()) {
      if (job.request.arrivedAtMs > atMs || !this.#hasSlot(job)) return;
      const prefill = this.#tokensToPrefill(job.request);
      if (!this.#joinsBatch(batchTokens, prefill)) return;
      this.#waiting.dropHead();
      job.cachedTokens = job.request.inputTokens - prefill;
      job.prefillLeft = prefill;
      batchTokens += prefill;
      this.#kvInUse += job.kvTokens;
      this.#prefilling.push(job);
    }
  }

  /** An empty engine takes any request: a changed configuration must not strand one that was accepted before. */
  #hasSlot(job: Job): boolean {
    const running = this.#prefilling.length + this.#decoding.length;
    if (running === 0) return true;
    return running < this.#timing.slots && this.#kvInUse + job.kvTokens <= this.#timing.kvTokens;
  }

  /** The last prompt token is always computed: the first answer token comes out of it. */
  #tokensToPrefill(request: ServingRequest): number {
    if (!this.#timing.prefixCaching) return request.inputTokens;
    return Math.max(1, Math.round(request.inputTokens * (1 - request.sharedPrefixShare)));
  }

  /** Whole prompts must fit beside those already taken; a chunked prompt only needs some budget left. */
  #joinsBatch(batchTokens: number, prefill: number): boolean {
    if (batchTokens === 0) return true;
    if (this.#timing.chunked) return batchTokens < CHUNK_BUDGET_TOKENS;
    return batchTokens + prefill <= PREFILL_BATCH_TOKENS;
  }

  /** Takes up to `budget` prompt tokens in order of admission. */
  #takePrefill(budget: number): number {
    let taken = 0;
    for (const job of this.#prefilling) {
      const chunk = Math.min(budget - taken, job.prefillLeft);
      job.prefillLeft -= chunk;
      taken += chunk;
    }
    return taken;
  }

  #finishIteration(): void {
    const decoded = this.#decodes ? this.#decoding.length : 0;
    const durationMs = this.#endMs - this.#startMs;
    this.#running = false;
    this.#busy.add(durationMs);
    this.#sampler.offer(this.#endMs, this.#prefillTokens, decoded, durationMs);
    // Compacts in place: the requests that go on keep their order and no array is made.
    let kept = 0;
    for (let index = 0; index < decoded; index += 1) {
      const job = this.#decoding[index];
      if (job !== undefined && !this.#emitToken(job)) this.#decoding[kept++] = job;
    }
    if (this.#decodes) this.#decoding.length = kept;
    if (this.#prefillTokens > 0) this.#emitFirstTokens();
  }

  #emitFirstTokens(): void {
    let waiting = 0;
    for (const job of this.#prefilling) {
      if (job.prefillLeft > 0) {
        this.#prefilling[waiting++] = job;
        continue;
      }
      job.ttftMs = this.#endMs - job.request.arrivedAtMs;
      if (!this.#emitToken(job)) this.#decoding.push(job);
    }
    this.#prefilling.length = waiting;
  }

  /** True when it was the last one. */
  #emitToken(job: Job): boolean {
    job.outputLeft -= 1;
    if (job.outputLeft > 0) return false;
    this.#kvInUse -= job.kvTokens;
    this.#finished.push(finished(job, this.#endMs, null));
    return true;
  }
}

export function createServingNode(options: ServingNodeOptions): ServingNode {
  return new IterationNode(options);
}
