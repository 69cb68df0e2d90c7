import type { SiteRequest } from '../../../../src/contracts/world.ts';

/** The reference fleet and workload. */
export const ACME: SiteRequest = {
  companyName: 'Acme Corp',
  seed: 7,
  priceBook: 'reference',
  preset: 'calm',
  region: 'us-east-1',
  deployment: 'vllm-prod-1',
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
  },
  runId: 'run_1',
};
