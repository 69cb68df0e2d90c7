import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import type { TrafficProfile } from '../../../contracts/world.ts';
import { hardwareFor } from '../hardware.ts';
import {
  latencyMsPercentiles,
  runExperiment,
  type Experiment,
  type LatencyPercentiles,
} from './experiment.ts';

/** Acme's workload (world spec §3): short classification and extraction answers. */
export const ACME_TRAFFIC: TrafficProfile = {
  requestsPerSecond: 45,
  inputTokensMean: 340,
  inputTokensCv: 0.4,
  outputTokensMean: 12,
  outputTokensCv: 0.35,
  sharedPrefixShare: 0.5,
  arrivals: 'poisson',
};

/** Acme's engines before anybody tuned them. */
export const ACME_ENGINE: EngineConfiguration = {
  tensor_parallel_size: 8,
  kv_allocation: 'static',
  prefix_caching: false,
  scheduler: 'prefill_first',
  quantization: 'bf16',
  max_model_len: 8_192,
  revision: 'main',
  chat_template: 'llama-3',
};

/** One row of the acceptance table (world spec §4). `expected` is null where the fleet is overloaded. */
export interface AcceptanceCase {
  readonly name: string;
  readonly instanceType: string;
  readonly nodes: number;
  readonly configuration: EngineConfiguration;
  readonly expected: LatencyPercentiles | null;
}

const PAGED_PREFIX: EngineConfiguration = { ...ACME_ENGINE, kv_allocation: 'paged', prefix_caching: true };
const TUNED: EngineConfiguration = { ...PAGED_PREFIX, quantization: 'fp8', scheduler: 'chunked' };
const INT8: EngineConfiguration = {
  ...ACME_ENGINE,
  kv_allocation: 'paged',
  quantization: 'int8',
  scheduler: 'chunked',
};

export const ACCEPTANCE_CASES: readonly AcceptanceCase[] = [
  onP4d('A baseline', 4, ACME_ENGINE, [819, 1604, 2059]),
  onP4d('B + paged only', 4, { ...ACME_ENGINE, kv_allocation: 'paged' }, [819, 1604, 2059]),
  onP4d('C + prefix cache', 4, PAGED_PREFIX, [573, 1051, 1337]),
  onP4d('D FP8 weight-only alone', 4, { ...ACME_ENGINE, quantization: 'fp8' }, [556, 1103, 1421]),
  onP4d('E paged + prefix + FP8', 4, { ...PAGED_PREFIX, quantization: 'fp8' }, [381, 694, 879]),
  onP4d('G paged + prefix + chunked + FP8', 4, TUNED, [296, 510, 639]),
  onP4d('I INT8 + chunked, no prefix hits', 4, INT8, [315, 542, 678]),
  onP4d('A with one node lost', 3, ACME_ENGINE, [1419, 3036, 3956]),
  onP4d('A with two nodes lost', 2, ACME_ENGINE, null),
  onP4d('G on 3 nodes', 3, TUNED, [314, 543, 683]),
  onP4d('G on 2 nodes', 2, TUNED, [370, 650, 816]),
  { ...onP4d('one p5, FP8 and all', 1, TUNED, [185, 316, 397]), instanceType: 'p5.48xlarge' },
];

function onP4d(
  name: string,
  nodes: number,
  configuration: EngineConfiguration,
  expected: readonly [number, number, number] | null,
): AcceptanceCase {
  const percentiles = expected && { p50: expected[0], p95: expected[1], p99: expected[2] };
  return { name, instanceType: 'p4d.24xlarge', nodes, configuration, expected: percentiles };
}

/** Ten minutes of Acme's traffic. */
export const ACCEPTANCE_REQUESTS = 27_000;
/** Requests of the first half minute meet an empty fleet and are left out. */
const WARM_UP_MS = 30_000;

export function experimentOf(row: AcceptanceCase, seed: number): Experiment {
  return {
    hardware: hardwareFor(row.instanceType, 'meta-llama/Llama-3-70B'),
    configuration: row.configuration,
    nodes: row.nodes,
    profile: ACME_TRAFFIC,
    seed,
    requests: ACCEPTANCE_REQUESTS,
    queueTimeoutMs: Number.POSITIVE_INFINITY,
  };
}

/** Mean of the percentiles over some seeds. */
export function measure(row: AcceptanceCase, seeds: readonly number[]): LatencyPercentiles {
  const runs = seeds.map((seed) => latencyMsPercentiles(runExperiment(experimentOf(row, seed)), WARM_UP_MS));
  const mean = (read: (run: LatencyPercentiles) => number): number =>
    runs.reduce((sum, run) => sum + read(run), 0) / runs.length;
  return { p50: mean(({ p50 }) => p50), p95: mean(({ p95 }) => p95), p99: mean(({ p99 }) => p99) };
}
