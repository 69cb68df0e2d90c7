import { z } from 'zod';

import type { LatencyPrediction, SavingsForecast } from '../../../contracts/api/recommendations.ts';

const milliseconds = z.number().nonnegative();

const latencyPrediction = z.object({
  latency_ms_p50: milliseconds,
  latency_ms_p95: milliseconds,
  latency_ms_p99: milliseconds,
  low_latency_ms_p95: milliseconds,
  high_latency_ms_p95: milliseconds,
  latency_ms_p95_now: milliseconds,
  latency_ms_p95_measured: milliseconds,
}) satisfies z.ZodType<LatencyPrediction>;

export const savingsForecast = z
  .object({
    cost_before_usd_per_month: z.number().nonnegative(),
    cost_after_usd_per_month: z.number().nonnegative(),
    raw_savings_usd_per_month: z.number(),
    savings_usd_per_month: z.number(),
    low_usd_per_month: z.number(),
    high_usd_per_month: z.number(),
    inputs: z.record(z.string(), z.number()),
    patterns: z.array(z.object({ pattern_id: z.string(), similarity: z.number(), ratio: z.number() })),
    latency: latencyPrediction.nullable(),
  })
  .refine(({ low_usd_per_month, high_usd_per_month }) => low_usd_per_month <= high_usd_per_month, {
    path: ['low_usd_per_month'],
    message: 'is above high_usd_per_month',
  }) satisfies z.ZodType<SavingsForecast>;
