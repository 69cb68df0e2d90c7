import type { RequestRecord } from '../../contracts/api/agent-runtime.ts';
import type { Finished, ServingRequest } from '../serving/node.ts';
import { qualityScore } from '../serving/quality.ts';
import type { Machine } from './machine.ts';

/** Stands in a record for the instance of a request that reached none. */
const NO_INSTANCE = 'none';

/**
 * The log line of a finished request. A score is drawn for each answer, whoever reads it, so that streams stay in step;
 * `goldenScore` stands in for it where the request is a golden prompt, whose noise has a stream of its own.
 */
export function recordOf(
  finished: Finished,
  machine: Machine,
  qualityDrop: number,
  goldenScore?: number,
): RequestRecord {
  const failed = finished.errorReason !== null;
  return {
    request_id: finished.requestId,
    instance_id: machine.instanceId,
    arrived_at_ms: Math.round(finished.arrivedAtMs),
    input_tokens: finished.inputTokens,
    output_tokens: finished.outputTokens,
    cached_tokens: finished.cachedTokens,
    ttft_ms: round(finished.ttftMs, 100),
    latency_ms: round(finished.latencyMs, 100),
    status: failed ? 'error' : 'ok',
    error_reason: finished.errorReason,
    request_bytes: onTheWire(finished.inputTokens) + finished.attachmentBytes,
    response_bytes: onTheWire(finished.outputTokens),
    quality_score: failed
      ? null
      : round(
          goldenScore ??
            qualityScore(machine.engine.configuration.quantization, qualityDrop, machine.qualityNoise),
          10_000,
        ),
  };
}

/** The load balancer's own answer when no node can take the request. */
export function unservedRecord(request: ServingRequest): RequestRecord {
  return {
    request_id: request.requestId,
    instance_id: NO_INSTANCE,
    arrived_at_ms: Math.round(request.arrivedAtMs),
    input_tokens: request.inputTokens,
    output_tokens: 0,
    cached_tokens: 0,
    ttft_ms: 0,
    latency_ms: 0,
    status: 'error',
    error_reason: 'no_ready_node',
    quality_score: null,
    request_bytes: onTheWire(request.inputTokens) + (request.attachmentBytes ?? 0),
    response_bytes: onTheWire(0),
  };
}

/** A token is about four characters of English, a byte each in UTF-8; headers and JSON around them [assumption]. */
function onTheWire(tokens: number): number {
  return tokens * 4 + 500;
}

/** Fewer digits on the wire than a double has, more than anybody can measure. */
function round(value: number, digits: number): number {
  return Math.round(value * digits) / digits;
}
