import { z } from 'zod';

import { CLOUD_PROVIDERS, LIFECYCLES } from '../../../contracts/api/common.ts';
import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import {
  INTERRUPTION_PRESETS,
  type InterruptionPreset,
  type InterruptionStatistics,
  type PriceQuote,
} from '../../../contracts/market.ts';

const share = z.number().min(0).max(1);
const price = z.number().positive();
const text = z.string().min(1);

const slo = z.object({
  latency_ms_p95: z.number().positive(),
  latency_ms_p99: z.number().positive(),
  latency_ms_p95_degraded: z.number().positive(),
  error_rate: share,
  quality_score: share,
});

const instance = z.object({
  instance_id: text,
  provider: z.enum(CLOUD_PROVIDERS),
  region: z.string(),
  zone: z.string(),
  instance_type: text,
  lifecycle: z.enum(LIFECYCLES),
  state: z.enum(['pending', 'running', 'shutting-down', 'terminated']),
  ready: z.boolean(),
  usd_per_hour: z.number().nonnegative(),
  launched_at: z.string(),
  deployment: z.string().nullable(),
  tags: z.record(z.string(), z.string()).exactOptional(),
});

const deployment = z.object({
  name: text,
  model: z.string(),
  engine_configuration: z.object({
    tensor_parallel_size: z.int().positive(),
    kv_allocation: z.enum(['static', 'paged']),
    prefix_caching: z.boolean(),
    scheduler: z.enum(['prefill_first', 'chunked']),
    quantization: z.enum(['bf16', 'fp8', 'int8', 'w4a16']),
    max_model_len: z.int().positive(),
    revision: z.string().min(1),
    chat_template: z.string().min(1),
  }),
  instance_ids: z.array(z.string()),
});

/** What the orchestrator tells of a customer. */
export const customerContext: z.ZodType<CustomerContext> = z.object({
  customer_id: text,
  cloud: z.object({ provider: z.enum(CLOUD_PROVIDERS), region: text, account_id: text }),
  instances: z.array(instance),
  deployments: z.array(deployment),
  preferences: z.object({
    cost_priority: z.number(),
    performance_priority: z.number(),
    quality_priority: z.number(),
    never_touch_tags: z.array(z.string()),
    minimum_on_demand_share: share,
    always_require_approval: z.boolean(),
    slo,
  }),
});

export const priceQuote: z.ZodType<PriceQuote> = z.object({
  provider: z.enum(CLOUD_PROVIDERS),
  region: text,
  instance_type: text,
  at: z.string(),
  on_demand_usd_per_hour: price,
  spot: z.array(z.object({ zone: text, usd_per_hour: price })),
  rate_kind: z.enum(['contract', 'list']),
});

const preset: z.ZodType<InterruptionPreset> = z.object({
  name: z.enum(INTERRUPTION_PRESETS),
  interruptions_per_node_hour: z.number().nonnegative(),
  availability: share,
});

export const interruptionStatistics: z.ZodType<InterruptionStatistics> = z.object({
  current: preset,
  presets: z.array(preset).min(1),
  notice_seconds: z.number().nonnegative(),
  cold_start_seconds: z.number().nonnegative(),
});
