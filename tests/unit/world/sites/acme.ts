import type { FleetRequest, SiteRequest } from '../../../../src/contracts/world.ts';

export const PROD = 'vllm-prod-1';

export const ACME_FLEET: FleetRequest = {
  provider: 'aws',
  region: 'us-east-1',
  deployment: PROD,
  model: 'meta-llama/Llama-3-70B',
  instanceType: 'p4d.24xlarge',
  nodes: 4,
  engineConfiguration: {
    tensor_parallel_size: 8,
    kv_allocation: 'static',
    prefix_caching: false,
    scheduler: 'prefill_first',
    quantization: 'bf16',
    max_model_len: 8192,
    revision: 'main',
    chat_template: 'llama-3',
  },
  traffic: {
    requestsPerSecond: 45,
    inputTokensMean: 340,
    inputTokensCv: 0.4,
    outputTokensMean: 12,
    outputTokensCv: 0.35,
    sharedPrefixShare: 0.5,
    arrivals: 'poisson',
  },
};

/** The reference fleet and workload. */
export const ACME: SiteRequest = {
  companyName: 'Acme Corp',
  seed: 7,
  priceBook: 'reference',
  preset: 'calm',
  fleets: [ACME_FLEET],
  places: [],
  runId: 'run_1',
};

/** Acme with another fleet. */
export function acmeWith(changes: Partial<FleetRequest>): SiteRequest {
  return { ...ACME, fleets: [{ ...ACME_FLEET, ...changes }] };
}

/** Acme's users at another pace. */
export function acmeAt(requestsPerSecond: number, changes: Partial<FleetRequest> = {}): SiteRequest {
  return acmeWith({ traffic: { ...ACME_FLEET.traffic, requestsPerSecond }, ...changes });
}
