import { z } from 'zod';

import { AGENT_TYPES, RISK_LEVELS } from '../../../../contracts/api/common.ts';
import type { AgentTask } from '../../../../contracts/api/orchestration.ts';
import {
  OPINIONS,
  OPTIMIZATION_STATUSES,
  RECOMMENDATION_STATUSES,
  type MigrationPlan,
  type Optimization,
  type Recommendation,
  type SavingsForecast,
  type Validation,
} from '../../../../contracts/api/recommendations.ts';

const text = z.string().min(1);
const share = z.number().min(0).max(1);
const numbers = z.record(z.string(), z.number());

const plan: z.ZodType<MigrationPlan> = z.object({
  kind: z.literal('spot_migration'),
  deployment: text,
  provider: z.literal('aws'),
  region: text,
  instance_type: text,
  replace_instance_ids: z.array(text).min(1),
  keep_instance_ids: z.array(text),
  spot_nodes: z.array(z.object({ zone: text, usd_per_hour: z.number().positive() })).min(1),
  fallback_zones: z.array(z.string()),
  kept_on_demand_share: share,
});

const forecast: z.ZodType<SavingsForecast> = z.object({
  cost_before_usd_per_month: z.number(),
  cost_after_usd_per_month: z.number(),
  raw_savings_usd_per_month: z.number(),
  savings_usd_per_month: z.number(),
  low_usd_per_month: z.number(),
  high_usd_per_month: z.number(),
  inputs: numbers,
  patterns: z.array(z.object({ pattern_id: text, similarity: z.number(), ratio: z.number() })),
});

const validation: z.ZodType<Validation> = z.object({
  agent_type: z.enum(AGENT_TYPES),
  agent_id: z.string(),
  verdict: z.enum(OPINIONS),
  approved: z.boolean(),
  reasons: z.array(z.string()),
  condition: z.string().nullable(),
  figures: numbers,
  baseline: z
    .object({
      id: z.string(),
      mean_score: z.number(),
      interval: z.object({ low: z.number(), high: z.number() }),
      standard_deviation: z.number(),
      sample_size: z.number(),
    })
    .nullable(),
  at: z.string(),
});

const recommendation: z.ZodType<Recommendation> = z.object({
  id: text,
  customer_id: text,
  analysis_id: z.string(),
  type: text,
  agent_type: z.enum(AGENT_TYPES),
  status: z.enum(RECOMMENDATION_STATUSES),
  title: z.string(),
  estimated_savings: z.number(),
  estimated_savings_range: z.object({ low: z.number(), high: z.number() }),
  confidence: share,
  risk_level: z.enum(RISK_LEVELS),
  reasons: z.array(z.string()),
  plan,
  forecast,
  validations: z.array(validation),
  requires_approval: z.boolean(),
  created_at: z.string(),
  expires_at: z.string(),
});

const time = z.string().nullable();
const optimization: z.ZodType<Optimization> = z.object({
  id: text,
  customer_id: text,
  recommendation_id: text,
  status: z.enum(OPTIMIZATION_STATUSES),
  execution_steps: z.array(
    z.object({
      name: text,
      order: z.number(),
      status: z.enum(['pending', 'running', 'completed', 'failed', 'rolled_back']),
      started_at: time,
      finished_at: time,
      world_started_at: time,
      world_finished_at: time,
      evidence: z.record(z.string(), z.unknown()),
    }),
  ),
  result: z
    .object({
      success: z.boolean(),
      reason: z.string(),
      original_state_restored: z.boolean().nullable(),
      differences: z.array(z.string()),
      measured: numbers,
    })
    .nullable(),
  actual_savings: z.number().nullable(),
  started_at: time,
  finished_at: time,
});

const task = { task_id: text.max(100), customer_id: text };

/** `POST /tasks`: one of the three kinds of work, told apart by `type`. */
export const agentTask: z.ZodType<AgentTask> = z.discriminatedUnion('type', [
  z.object({ ...task, type: z.literal('analyze'), analysis_id: text }),
  z.object({ ...task, type: z.literal('validate'), recommendation }),
  z.object({ ...task, type: z.literal('learn'), recommendation, optimization }),
]);
