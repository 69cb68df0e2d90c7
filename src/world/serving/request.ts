/** A request as it reaches a node. Times are world milliseconds. */
export interface ServingRequest {
  readonly requestId: string;
  readonly arrivedAtMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Share of the prompt that a prefix cache holds already. */
  readonly sharedPrefixShare: number;
  /** Of what is sent along with the prompt; nothing unless told. */
  readonly attachmentBytes?: number;
}

export type ServingError = 'queue_timeout' | 'node_lost' | 'prompt_too_long';

/** A request that left the node. */
export interface Finished {
  readonly requestId: string;
  readonly arrivedAtMs: number;
  readonly finishedAtMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  /** Time to the first token; the whole latency where none came. */
  readonly ttftMs: number;
  readonly latencyMs: number;
  readonly errorReason: ServingError | null;
  readonly attachmentBytes: number;
}

/** A request on the node and how far it is. */
export interface Job {
  readonly request: ServingRequest;
  /** Tokens of KV cache it holds once admitted. */
  readonly kvTokens: number;
  cachedTokens: number;
  prefillLeft: number;
  outputLeft: number;
  /** Negative until the first token. */
  ttftMs: number;
}

export function jobOf(request: ServingRequest): Job {
  return {
    request,
    kvTokens: request.inputTokens + request.outputTokens,
    cachedTokens: 0,
    prefillLeft: 0,
    outputLeft: request.outputTokens,
    ttftMs: -1,
  };
}

export function finished(job: Job, finishedAtMs: number, errorReason: ServingError | null): Finished {
  const { requestId, arrivedAtMs, inputTokens, outputTokens, attachmentBytes = 0 } = job.request;
  const latencyMs = finishedAtMs - arrivedAtMs;
  return {
    requestId,
    arrivedAtMs,
    finishedAtMs,
    inputTokens,
    outputTokens: outputTokens - job.outputLeft,
    cachedTokens: job.cachedTokens,
    ttftMs: job.ttftMs < 0 ? latencyMs : job.ttftMs,
    latencyMs,
    errorReason,
    attachmentBytes,
  };
}
