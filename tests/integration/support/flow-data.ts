import { randomUUID } from 'node:crypto';

import type {
  DiscoverRequest,
  InstanceReport,
  RequestRecord,
  TelemetryBatch,
} from '../../../src/contracts/api/agent-runtime.ts';
import { anchorNow, createClock } from '../../../src/support/clock.ts';

/** A world time that no retention has passed yet, on a full hour. */
export const START_MS = Math.floor(createClock(anchorNow(1)).wallMs() / 3_600_000) * 3_600_000;

/** Data a customer's side would send, well-formed unless a test bends it. */

export const NODES = ['i-1', 'i-2', 'i-3', 'i-4'] as const;

export function instance(id: string, changes: Partial<InstanceReport> = {}): InstanceReport {
  return {
    instance_id: id,
    provider: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1a',
    instance_type: 'p4d.24xlarge',
    lifecycle: 'on_demand',
    state: 'running',
    ready: true,
    launched_at_ms: START_MS,
    tags: { 'optiinfra:deployment': 'vllm-prod-1' },
    interruption_at_ms: null,
    ...changes,
  };
}

export function inventory(observedAtMs: number, instances: readonly InstanceReport[]): DiscoverRequest {
  return {
    observed_at_ms: observedAtMs,
    instances,
    deployments: [
      {
        name: 'vllm-prod-1',
        model: 'meta-llama/Llama-3-70B',
        engine_configuration: {
          tensor_parallel_size: 8,
          kv_allocation: 'static',
          prefix_caching: false,
          scheduler: 'prefill_first',
          quantization: 'bf16',
          max_model_len: 8192,
          revision: 'main',
          chat_template: 'llama-3',
        },
        instance_ids: instances.map(({ instance_id }) => instance_id),
        weights: Object.fromEntries(instances.map(({ instance_id }) => [instance_id, 1])),
      },
    ],
  };
}

export function record(number: number, changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    request_id: `r-${String(number)}`,
    instance_id: NODES[number % NODES.length]!,
    arrived_at_ms: START_MS + number * 100,
    input_tokens: 340,
    output_tokens: 12,
    cached_tokens: 0,
    ttft_ms: 200,
    latency_ms: 100 + number,
    status: 'ok',
    error_reason: null,
    quality_score: 0.95,
    ...changes,
  };
}

export function batch(requests: readonly RequestRecord[], id = `b-${randomUUID()}`): TelemetryBatch {
  return {
    batch_id: id,
    deployment: 'vllm-prod-1',
    requests,
    iterations: requests.slice(0, 2).map(({ instance_id, arrived_at_ms }) => ({
      instance_id,
      at_ms: arrived_at_ms,
      prefill_tokens: 340,
      decoding_requests: 3,
      duration_ms: 50,
    })),
    gpu: requests.slice(0, 1).map(({ instance_id, arrived_at_ms }) => ({
      instance_id,
      at_ms: arrived_at_ms,
      utilization: 0.5,
      memory_utilization: 0.8,
    })),
  };
}
