import { z } from 'zod';

import { AGENT_TYPES, RISK_LEVELS } from '../../../../contracts/api/common.ts';
import {
  CONFLICT_KINDS,
  RESOLUTION_STRATEGIES,
  type AgentTask,
  type AnalysisTrigger,
  type ConflictResolution,
  type HybridSolution,
} from '../../../../contracts/api/orchestration.ts';
import {
  OPINIONS,
  OPTIMIZATION_STATUSES,
  RECOMMENDATION_STATUSES,
  RECOMMENDATION_TYPES,
  type Optimization,
  type Recommendation,
  type Validation,
} from '../../../../contracts/api/recommendations.ts';
import { engineConfiguration } from '../../../kit/schemas/engine-configuration.ts';
import { savingsForecast } from '../../../kit/schemas/forecast.ts';
import { hybridPlan, optimizationPlan } from '../../../kit/schemas/plan.ts';

const text = z.string().min(1);
const share = z.number().min(0).max(1);
const numbers = z.record(z.string(), z.number());

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
      source: z.enum(['traffic', 'golden_prompts']),
      golden_run_id: z.string().nullable(),
    })
    .nullable(),
  at: z.string(),
});

const recommendation: z.ZodType<Recommendation> = z.object({
  id: text,
  customer_id: text,
  analysis_id: z.string(),
  type: z.enum(RECOMMENDATION_TYPES),
  agent_type: z.enum(AGENT_TYPES),
  status: z.enum(RECOMMENDATION_STATUSES),
  title: z.string(),
  estimated_savings: z.number(),
  estimated_savings_range: z.object({ low: z.number(), high: z.number() }),
  confidence: share,
  risk_level: z.enum(RISK_LEVELS),
  reasons: z.array(z.string()),
  plan: optimizationPlan,
  forecast: savingsForecast,
  depends_on: z.array(text),
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

const trigger: z.ZodType<AnalysisTrigger> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('interruption'), instance_id: text }),
  z.object({ kind: z.literal('fallback_nodes'), instance_ids: z.array(text).min(1) }),
  z.object({
    kind: z.literal('configuration_changed'),
    deployment: text,
    from: engineConfiguration,
    to: engineConfiguration,
  }),
]);

const hybrid: z.ZodType<HybridSolution> = z.object({
  plan: hybridPlan,
  forecast: savingsForecast,
  confidence: share,
  risk_level: z.enum(RISK_LEVELS),
  reasons: z.array(z.string()),
});

const resolution: z.ZodType<ConflictResolution> = z.object({
  resolution_id: text,
  customer_id: text,
  conflict_detected: z.boolean(),
  conflicts: z.array(
    z.object({
      kind: z.enum(CONFLICT_KINDS),
      between: z.tuple([text, text]),
      deployment: text,
      reason: z.string(),
    }),
  ),
  resolution_strategy: z.enum(RESOLUTION_STRATEGIES),
  chosen_recommendation: text.nullable(),
  hybrid_solution: hybrid.nullable(),
  hybrid_recommendation_id: text.exactOptional(),
  execution_order: z.array(z.array(text)).nullable(),
  rejected: z.array(z.object({ recommendation_id: text, reason: z.string() })),
  reasons: z.array(z.string()),
  participants: z.array(z.enum(AGENT_TYPES)),
});

const task = { task_id: text.max(100), customer_id: text };

/** `POST /tasks`: every kind of work, told apart by `type`. */
export const agentTask: z.ZodType<AgentTask> = z.discriminatedUnion('type', [
  z.object({ ...task, type: z.literal('analyze'), analysis_id: text, trigger: trigger.nullable() }),
  z.object({ ...task, type: z.literal('validate'), recommendation }),
  z.object({ ...task, type: z.literal('learn'), recommendation, optimization }),
  z.object({ ...task, type: z.literal('negotiate'), recommendations: z.array(recommendation).min(2) }),
  z.object({
    ...task,
    type: z.literal('resolution_executed'),
    resolution,
    optimization_ids: z.array(text),
  }),
]);
