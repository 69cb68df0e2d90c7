import type { CustomerContext, ExecutionOrder } from '../../../../../src/contracts/api/orchestration.ts';
import type { InstanceView } from '../../../../../src/contracts/api/customers.ts';
import type { RolloutDependencies } from '../../../../../src/platform/executor/activities/dependencies.ts';
import type { Clock } from '../../../../../src/support/clock.ts';

const HOME = { provider: 'aws', region: 'us-east-1', account_id: '123456789012' } as const;

export function instance(id: string, change: Partial<InstanceView> = {}): InstanceView {
  return {
    instance_id: id,
    provider: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1a',
    instance_type: 'p4d.24xlarge',
    lifecycle: 'on_demand',
    state: 'running',
    ready: true,
    usd_per_hour: 41.1,
    launched_at: '2026-11-22T00:00:00.000Z',
    deployment: 'vllm-prod-1',
    ...change,
  };
}

export function contextOf(instances: readonly InstanceView[]): CustomerContext {
  return {
    customer_id: 'cus_1',
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
          max_model_len: 8192,
          revision: 'main',
          chat_template: 'llama-3',
        },
        instance_ids: instances.map(({ instance_id }) => instance_id),
      },
    ],
    preferences: {
      cost_priority: 0.5,
      performance_priority: 0.3,
      quality_priority: 0.2,
      never_touch_tags: [],
      minimum_on_demand_share: 0.25,
      always_require_approval: false,
      slo: {
        latency_ms_p95: 2_000,
        latency_ms_p99: 3_000,
        latency_ms_p95_degraded: 3_600,
        error_rate: 0.001,
        quality_score: 0.9,
      },
    },
  };
}

export function executionOrder(): ExecutionOrder {
  const forecast = {
    cost_before_usd_per_month: 120_012,
    cost_after_usd_per_month: 64_582,
    raw_savings_usd_per_month: 55_430,
    savings_usd_per_month: 55_430,
    low_usd_per_month: 41_000,
    high_usd_per_month: 55_430,
    inputs: {},
    patterns: [],
    latency: null,
  };
  return {
    optimization: {
      id: 'opt_1',
      customer_id: 'cus_1',
      recommendation_id: 'rec_1',
      status: 'queued',
      execution_steps: [],
      result: null,
      actual_savings: null,
      started_at: null,
      finished_at: null,
    },
    recommendation: {
      id: 'rec_1',
      customer_id: 'cus_1',
      analysis_id: 'anl_1',
      type: 'spot_migration',
      agent_type: 'cost',
      status: 'approved',
      title: 'Spot',
      estimated_savings: 55_430,
      estimated_savings_range: { low: 41_000, high: 55_430 },
      confidence: 0.9,
      risk_level: 'medium',
      reasons: [],
      plan: {
        kind: 'spot_migration',
        deployment: 'vllm-prod-1',
        provider: 'aws',
        region: 'us-east-1',
        instance_type: 'p4d.24xlarge',
        replace_instance_ids: ['a', 'b', 'c'],
        keep_instance_ids: ['d'],
        spot_nodes: [
          { zone: 'us-east-1a', usd_per_hour: 15 },
          { zone: 'us-east-1b', usd_per_hour: 15 },
          { zone: 'us-east-1c', usd_per_hour: 15 },
        ],
        fallback_zones: ['us-east-1d'],
        kept_on_demand_share: 0.25,
      },
      forecast,
      depends_on: [],
      validations: [],
      requires_approval: true,
      created_at: '2026-11-22T00:00:00.000Z',
      expires_at: '2026-11-24T00:00:00.000Z',
    },
    context: contextOf(['a', 'b', 'c', 'd'].map((id) => instance(id))),
    cloud_access: [
      {
        provider: 'aws',
        region: 'us-east-1',
        iam_role_arn: 'arn:aws:iam::123456789012:role/OptiInfraRole',
        service_account: null,
      },
    ],
    lease: { optimization_id: 'opt_1', fencing_token: 7 },
  };
}

/** A clock that only moves when somebody sleeps, at 60 world seconds a second. */
function steppingClock(): Clock {
  let wallMs = 1_000_000;
  return {
    wallMs: () => wallMs,
    worldMs: () => wallMs * 60,
    timeScale: 60,
    monotonicMs: () => wallMs,
    sleepWall: async (ms, signal) => {
      signal?.throwIfAborted();
      wallMs += ms;
    },
    sleepWorld: async (ms) => {
      wallMs += ms / 60;
    },
  };
}

/** Dependencies of which only some are there; a test that touches another one fails by that. */
export function partial(parts: object): RolloutDependencies {
  return {
    clock: steppingClock(),
    pulse: () => ({ beat: () => undefined, signal: new AbortController().signal }),
    ...parts,
  } as unknown as RolloutDependencies;
}
