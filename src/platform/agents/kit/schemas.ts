import { z } from 'zod';

import { CLOUD_PROVIDERS, LIFECYCLES } from '../../../contracts/api/common.ts';
import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import {
  INTERRUPTION_PRESETS,
  type InterruptionPreset,
  type InterruptionStatistics,
  type PriceQuote,
  type CommitmentPrices,
  type TransferPrices,
} from '../../../contracts/market.ts';
import { engineConfiguration } from '../../kit/schemas/engine-configuration.ts';

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
  engine_configuration: engineConfiguration,
  instance_ids: z.array(z.string()),
  unchanged_since: z.iso.datetime().exactOptional(),
});

const cloudPlace = z.object({ provider: z.enum(CLOUD_PROVIDERS), region: text, account_id: text });

/** What the orchestrator tells of a customer. */
export const customerContext: z.ZodType<CustomerContext> = z.object({
  customer_id: text,
  cloud: cloudPlace,
  clouds: z.array(cloudPlace).min(1),
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

const perGb = z.number().nonnegative();
export const transferPrices: z.ZodType<TransferPrices> = z.object({
  provider: z.enum(CLOUD_PROVIDERS),
  internet_egress: z
    .array(z.object({ up_to_gb: z.number().positive().nullable(), usd_per_gb: perGb }))
    .min(1),
  between_zones_usd_per_gb_each_way: perGb,
  between_regions_usd_per_gb: perGb,
});

export const commitmentPrices: z.ZodType<CommitmentPrices> = z.object({
  terms: z.array(z.object({ years: z.number().positive(), discount_share: share })),
});
