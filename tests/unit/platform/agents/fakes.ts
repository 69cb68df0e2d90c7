import type {
  InstanceView,
  Preferences,
  ServiceLevelObjective,
} from '../../../../src/contracts/api/customers.ts';
import type { CustomerContext, RecommendationDraft } from '../../../../src/contracts/api/orchestration.ts';
import type { Optimization, Recommendation } from '../../../../src/contracts/api/recommendations.ts';
import type { InterruptionStatistics, PriceQuote, TransferPrices } from '../../../../src/contracts/market.ts';
import type { MarketQuestion } from '../../../../src/platform/agents/kit/market-client.ts';
import type { NearPattern, Pattern } from '../../../../src/platform/agents/kit/patterns/pattern.ts';
import type { AgentServices } from '../../../../src/platform/agents/kit/services.ts';
import type {
  DemandStatistics,
  GpuStatistics,
  QualityStatistics,
  RequestStatistics,
  TokenStatistics,
} from '../../../../src/platform/agents/kit/telemetry/types.ts';
import type { ObservedIteration } from '../../../../src/platform/agents/kit/latency/estimate-constants.ts';
import type { Clock } from '../../../../src/support/clock.ts';
import { noisyIterations, P4D, referenceTraffic } from './reference.ts';

export const NOW_WORLD_MS = Date.UTC(2026, 10, 22, 12);

/** A clock that moves only when something sleeps. */
export function stillClock(): Clock {
  let elapsedMs = 0;
  const sleep = async (ms: number): Promise<void> => {
    elapsedMs += ms;
  };
  return {
    wallMs: () => NOW_WORLD_MS + elapsedMs,
    worldMs: () => NOW_WORLD_MS + elapsedMs,
    timeScale: 1,
    monotonicMs: () => elapsedMs,
    sleepWall: sleep,
    sleepWorld: sleep,
  };
}

const SLO: ServiceLevelObjective = {
  latency_ms_p95: 2_000,
  latency_ms_p99: 3_000,
  latency_ms_p95_degraded: 3_600,
  error_rate: 0.001,
  quality_score: 0.9,
};

export function node(number: number, changes: Partial<InstanceView> = {}): InstanceView {
  return {
    instance_id: `i-${number}`,
    provider: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1a',
    instance_type: 'p4d.24xlarge',
    lifecycle: 'on_demand',
    state: 'running',
    ready: true,
    usd_per_hour: 30_000 / 730,
    launched_at: new Date(NOW_WORLD_MS - 7 * 86_400_000).toISOString(),
    deployment: 'vllm-prod-1',
    tags: { 'optiinfra:deployment': 'vllm-prod-1' },
    ...changes,
  };
}

const HOME = { provider: 'aws', region: 'us-east-1', account_id: '100000000001' } as const;

export function acme(
  changes: {
    readonly instances?: readonly InstanceView[];
    readonly preferences?: Partial<Preferences>;
    readonly slo?: Partial<ServiceLevelObjective>;
  } = {},
): CustomerContext {
  const instances = changes.instances ?? [node(1), node(2), node(3), node(4)];
  return {
    customer_id: 'cus_acme',
    cloud: HOME,
    clouds: [HOME],
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
          max_model_len: 8_192,
          revision: 'main',
          chat_template: 'llama-3',
        },
        instance_ids: instances.map(({ instance_id }) => instance_id),
      },
    ],
    preferences: {
      cost_priority: 1,
      performance_priority: 1,
      quality_priority: 1,
      never_touch_tags: [],
      minimum_on_demand_share: 0.25,
      always_require_approval: false,
      ...changes.preferences,
      slo: { ...SLO, ...changes.slo },
    },
  };
}

export function quote(changes: Partial<PriceQuote> = {}): PriceQuote {
  return {
    provider: 'aws',
    region: 'us-east-1',
    instance_type: 'p4d.24xlarge',
    at: new Date(NOW_WORLD_MS).toISOString(),
    on_demand_usd_per_hour: 30_000 / 730,
    spot: ['a', 'b', 'c', 'd'].map((letter) => ({ zone: `us-east-1${letter}`, usd_per_hour: 15 })),
    rate_kind: 'contract',
    ...changes,
  };
}

/** A test's own price lists, shaped like the clouds'. */
export const TRANSFER: Readonly<Record<'aws' | 'gcp', TransferPrices>> = {
  aws: {
    provider: 'aws',
    internet_egress: [
      { up_to_gb: 100, usd_per_gb: 0 },
      { up_to_gb: null, usd_per_gb: 0.09 },
    ],
    between_zones_usd_per_gb_each_way: 0.01,
    between_regions_usd_per_gb: 0.02,
  },
  gcp: {
    provider: 'gcp',
    internet_egress: [{ up_to_gb: null, usd_per_gb: 0.12 }],
    between_zones_usd_per_gb_each_way: 0.01,
    between_regions_usd_per_gb: 0.02,
  },
};

const CALM = { name: 'calm', interruptions_per_node_hour: 1.83e-4, availability: 0.97 } as const;
export const INTERRUPTIONS: InterruptionStatistics = {
  current: CALM,
  presets: [
    CALM,
    { name: 'traced', interruptions_per_node_hour: 0.06, availability: 0.73 },
    { name: 'harsh', interruptions_per_node_hour: 0.237, availability: 0.81 },
  ],
  notice_seconds: 120,
  cold_start_seconds: 600,
};

export function requestsSeen(
  changes: Partial<RequestStatistics & TokenStatistics> = {},
): RequestStatistics & TokenStatistics {
  const traffic = referenceTraffic();
  return {
    requests: 27_000,
    errors: 0,
    errorRate: 0,
    firstArrivalMs: NOW_WORLD_MS - 600_000,
    lastArrivalMs: NOW_WORLD_MS - 2_000,
    requestsPerSecond: traffic.requestsPerSecond,
    latencyMsP50: 819,
    latencyMsP95: 1_604,
    latencyMsP99: 2_059,
    inputTokensMean: 340,
    cachedTokensMean: 0,
    outputTokensMean: 12,
    outputTokensP50: traffic.outputTokensP50,
    outputTokensP95: traffic.outputTokensP95,
    outputTokensP99: traffic.outputTokensP99,
    ...changes,
  };
}

export interface FakeMeasurements {
  readonly context: CustomerContext;
  readonly quote: PriceQuote;
  /** Where pools differ. */
  readonly quoteOf?: (question: MarketQuestion) => PriceQuote;
  readonly interruptions: InterruptionStatistics;
  readonly requests: (RequestStatistics & TokenStatistics) | null;
  readonly iterations: readonly ObservedIteration[];
  readonly quality: QualityStatistics | null;
  readonly demand: DemandStatistics | null;
  readonly gpu: GpuStatistics | null;
}

/** Exact search over vectors in memory, as Qdrant does it over few. */
export function memoryPatterns(): AgentServices['patterns'] & { readonly saved: Pattern[] } {
  const saved: Pattern[] = [];
  return {
    saved,
    save: async (pattern) => {
      const known = saved.findIndex(({ patternId }) => patternId === pattern.patternId);
      saved.splice(known < 0 ? saved.length : known, 1, pattern);
    },
    nearest: async (features, limit, kind) =>
      saved
        .filter(({ payload }) => payload.kind === kind)
        .map((pattern): NearPattern => ({
          patternId: pattern.patternId,
          distance: Math.hypot(...pattern.features.map((value, index) => value - (features[index] ?? NaN))),
          ratio: pattern.payload.ratio,
          latencyRatio: pattern.payload.latency_ratio,
          succeeded: pattern.payload.succeeded,
        }))
        .sort((left, right) => left.distance - right.distance)
        .slice(0, limit),
  };
}

/** Nobody has asked golden prompts yet, and nobody may here. */
function noGoldenPrompts(): AgentServices['quality'] {
  const refuse = () => Promise.reject(new Error('no golden prompts in this test'));
  return {
    order: refuse,
    run: refuse,
    baseline: async () => null,
    recordBaseline: refuse,
    reportComparison: refuse,
  };
}

const ITERATIONS = noisyIterations(P4D, 2_500, 7);

export function fakeServices(
  changes: Partial<FakeMeasurements> = {},
  patterns: AgentServices['patterns'] = memoryPatterns(),
): AgentServices {
  const seen: FakeMeasurements = {
    context: acme(),
    quote: quote(),
    interruptions: INTERRUPTIONS,
    requests: requestsSeen(),
    iterations: ITERATIONS,
    quality: { sampleSize: 27_000, mean: 0.93, standardDeviation: 0.06 },
    demand: { minutes: 10, requests: 27_000, requestsPerSecondP95: 46.3 },
    gpu: {
      samples: 240,
      utilizationMean: 0.95,
      utilizationP95: 0.99,
      memoryUtilizationMean: 0.8,
      firstSampleMs: NOW_WORLD_MS - 3_600_000,
    },
    ...changes,
  };
  return {
    orchestrator: { context: async () => seen.context },
    market: {
      prices: async (question) => seen.quoteOf?.(question) ?? seen.quote,
      interruptions: async () => seen.interruptions,
      transferPrices: async ({ provider }) => TRANSFER[provider],
      commitments: async () => ({ terms: [{ years: 1, discount_share: 0.3 }] }),
    },
    telemetry: {
      requests: async () => seen.requests,
      requestsBy: async () => new Map(),
      quality: async () => seen.quality,
      iterations: async () => seen.iterations,
      demand: async () => seen.demand,
      gpu: async () => seen.gpu,
    },
    patterns,
    quality: noGoldenPrompts(),
    clock: stillClock(),
  };
}

/** The recommendation an orchestrator makes of a draft. */
export function recommendationOf(draft: RecommendationDraft, id = 'rec_1'): Recommendation {
  return {
    id,
    customer_id: 'cus_acme',
    analysis_id: 'anl_1',
    type: draft.type,
    agent_type: 'cost',
    status: 'pending',
    title: draft.title,
    estimated_savings: draft.forecast.savings_usd_per_month,
    estimated_savings_range: {
      low: draft.forecast.low_usd_per_month,
      high: draft.forecast.high_usd_per_month,
    },
    confidence: draft.confidence,
    risk_level: draft.risk_level,
    reasons: draft.reasons,
    plan: draft.plan,
    forecast: draft.forecast,
    depends_on: [],
    validations: [],
    requires_approval: true,
    created_at: '2026-11-22T12:00:00.000Z',
    expires_at: '2026-11-24T12:00:00.000Z',
  };
}

export function completedOptimization(id: string, actualSavings: number): Optimization {
  return {
    id,
    customer_id: 'cus_acme',
    recommendation_id: 'rec_1',
    status: 'completed',
    execution_steps: [],
    result: {
      success: true,
      reason: 'all steps completed',
      original_state_restored: null,
      differences: [],
      measured: {},
    },
    actual_savings: actualSavings,
    started_at: '2026-11-22T12:00:00.000Z',
    finished_at: '2026-11-22T12:10:00.000Z',
  };
}
