import type {
  DeploymentReport,
  GoldenResults,
  GoldenRunOrder,
  InstanceReport,
  RequestRecord,
} from '../../../../src/contracts/api/agent-runtime.ts';
import type { EngineConfiguration } from '../../../../src/contracts/api/customers.ts';
import type { HostListener, RuntimeHost } from '../../../../src/world/agent-runtime/host.ts';

export interface FakeHost extends RuntimeHost {
  readonly listeners: Set<HostListener>;
  readonly weights: Readonly<Record<string, number>>[];
  readonly drained: string[];
  /** An engine restarts until this resolves; by instance id. */
  readonly restarts: Map<string, Promise<void>>;
  readonly configured: { readonly instanceId: string; readonly configuration: EngineConfiguration }[];
  instances: InstanceReport[];
  problems: Record<string, string>;
  readonly asked: GoldenRunOrder[];
  golden: Pick<GoldenResults, 'answers' | 'problem'>;
  /** Engines log these requests. */
  log(requests: readonly RequestRecord[]): void;
  changed(): void;
}

export const CONFIGURATION: EngineConfiguration = {
  tensor_parallel_size: 8,
  kv_allocation: 'paged',
  prefix_caching: true,
  scheduler: 'chunked',
  quantization: 'bf16',
  max_model_len: 8192,
  revision: 'main',
  chat_template: 'llama-3',
};

export function createFakeHost(): FakeHost {
  const listeners = new Set<HostListener>();
  const deployments: DeploymentReport[] = [
    {
      name: 'serving',
      model: 'm',
      engine_configuration: CONFIGURATION,
      instance_ids: ['i-1'],
      weights: { 'i-1': 1 },
    },
  ];
  const host: FakeHost = {
    hostname: 'serving.internal',
    deployments: ['serving', 'second'],
    listeners,
    weights: [],
    drained: [],
    restarts: new Map(),
    configured: [],
    instances: [instance('i-1')],
    problems: {},
    asked: [],
    golden: { answers: [], problem: 'nobody answered' },
    inventory: () => ({ instances: host.instances, deployments }),
    applyWeights: (_deployment, weights) => {
      host.weights.push(weights);
      return host.problems;
    },
    drain: (instanceId) => host.drained.push(instanceId),
    configureEngine: async (_deployment, instanceId, configuration) => {
      await host.restarts.get(instanceId);
      host.configured.push({ instanceId, configuration });
      return instanceId === 'i-unfit' ? 'does not fit' : undefined;
    },
    askGolden: async (order) => {
      host.asked.push(order);
      return host.golden;
    },
    attach: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    log: (requests) => {
      for (const listener of listeners) {
        listener.telemetry({ deployment: 'serving', requests, iterations: [], gpu: [] });
      }
    },
    changed: () => {
      for (const listener of listeners) listener.inventoryChanged();
    },
  };
  return host;
}

export function instance(instanceId: string, interruptionAtMs: number | null = null): InstanceReport {
  return {
    instance_id: instanceId,
    provider: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1a',
    instance_type: 'p4d.24xlarge',
    lifecycle: 'spot',
    state: 'running',
    ready: true,
    launched_at_ms: 0,
    tags: {},
    interruption_at_ms: interruptionAtMs,
  };
}

/** Records `from`, `from`+1, … so that order and completeness can be read off their ids. */
export function records(from: number, count: number): RequestRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    request_id: `r-${from + index}`,
    instance_id: 'i-1',
    arrived_at_ms: from + index,
    input_tokens: 340,
    output_tokens: 12,
    cached_tokens: 0,
    ttft_ms: 100,
    latency_ms: 800,
    status: 'ok',
    error_reason: null,
    quality_score: 0.95,
  }));
}
