import { z } from 'zod';

import type { DesiredStateRequest, StatusReport, StepReport } from '../../../contracts/api/orchestration.ts';
import { OPTIMIZATION_STATUSES, type OptimizationResult } from '../../../contracts/api/recommendations.ts';
import { desiredDeployment } from '../telemetry/schemas.ts';

const timestamp = z.iso.datetime().nullable();

export const desiredStateRequest = z.object({
  deployments: z
    .array(desiredDeployment)
    .min(1)
    .max(200)
    .refine((items) => new Set(items.map(({ name }) => name)).size === items.length, {
      message: 'names the same deployment twice',
    }),
  lease: z.object({ optimization_id: z.string().min(1).max(200), fencing_token: z.int().positive() }),
}) satisfies z.ZodType<DesiredStateRequest>;

export const stepReport = z.object({
  order: z.int().min(0),
  status: z.enum(['pending', 'running', 'completed', 'failed', 'rolled_back']),
  started_at: timestamp,
  finished_at: timestamp,
  world_started_at: timestamp,
  world_finished_at: timestamp,
  evidence: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<StepReport>;

const optimizationResult = z.object({
  success: z.boolean(),
  reason: z.string(),
  original_state_restored: z.boolean().nullable(),
  differences: z.array(z.string()),
  measured: z.record(z.string(), z.number()),
}) satisfies z.ZodType<OptimizationResult>;

export const statusReport = z.object({
  status: z.enum(OPTIMIZATION_STATUSES),
  result: optimizationResult.nullable(),
  actual_savings: z.number().nullable(),
}) satisfies z.ZodType<StatusReport>;
