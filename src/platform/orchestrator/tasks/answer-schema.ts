import { z } from 'zod';

import { RISK_LEVELS } from '../../../contracts/api/common.ts';
import type { AgentTaskAnswer, AgentTaskResult, TaskType } from '../../../contracts/api/orchestration.ts';
import { OPINIONS, RECOMMENDATION_TYPES } from '../../../contracts/api/recommendations.ts';
import { savingsForecast } from '../../kit/schemas/forecast.ts';
import { hybridPlan, optimizationPlan } from '../../kit/schemas/plan.ts';

const share = z.number().min(0).max(1);
const figures = z.record(z.string(), z.number());
const texts = z.array(z.string());

const baseline = z
  .object({
    mean_score: share,
    interval: z.object({ low: z.number(), high: z.number() }),
    standard_deviation: z.number().nonnegative(),
    sample_size: z.int().positive(),
    source: z.enum(['traffic', 'golden_prompts']),
    golden_run_id: z.string().min(1).nullable(),
  })
  .refine(({ interval, mean_score }) => interval.low <= mean_score && mean_score <= interval.high, {
    path: ['interval'],
    message: 'does not hold mean_score',
  });

const results = {
  analyze: z.object({
    type: z.literal('analyze'),
    recommendations: z.array(
      z.object({
        type: z.enum(RECOMMENDATION_TYPES),
        title: z.string().min(1),
        confidence: share,
        risk_level: z.enum(RISK_LEVELS),
        reasons: texts.min(1),
        plan: optimizationPlan,
        forecast: savingsForecast,
      }),
    ),
    findings: texts,
  }),
  validate: z.object({
    type: z.literal('validate'),
    validation: z.object({
      verdict: z.enum(OPINIONS),
      reasons: texts.min(1),
      condition: z.string().nullable(),
      figures,
      baseline: baseline.nullable(),
    }),
  }),
  learn: z.object({ type: z.literal('learn'), pattern_id: z.string().min(1), features: z.array(z.number()) }),
  negotiate: z.object({
    type: z.literal('negotiate'),
    hybrid: z
      .object({
        plan: hybridPlan,
        forecast: savingsForecast,
        confidence: share,
        risk_level: z.enum(RISK_LEVELS),
        reasons: texts.min(1),
      })
      .nullable(),
    reasons: texts.min(1),
  }),
  resolution_executed: z.object({ type: z.literal('resolution_executed'), acknowledged: z.literal(true) }),
} satisfies { readonly [Type in TaskType]: z.ZodType<Extract<AgentTaskResult, { type: Type }>> };

const envelope = z.object({
  task_id: z.string(),
  agent_id: z.string().min(1),
  execution_time_ms: z.number().nonnegative(),
  result: z.unknown(),
});

export type AnswerReading =
  { readonly ok: true; readonly answer: AgentTaskAnswer } | { readonly ok: false; readonly fault: string };

/** Reads an agent's answer to one task: its id, its kind and every field, or what is wrong with it. */
export function readAnswer(taskId: string, type: TaskType, body: unknown): AnswerReading {
  const outer = envelope.safeParse(body);
  if (!outer.success) return { ok: false, fault: faultOf(outer.error, '') };
  if (outer.data.task_id !== taskId) {
    return { ok: false, fault: `task_id: expected ${taskId}, got ${outer.data.task_id}` };
  }
  const inner = results[type].safeParse(outer.data.result);
  if (!inner.success) return { ok: false, fault: faultOf(inner.error, 'result.') };
  return { ok: true, answer: { ...outer.data, result: inner.data } };
}

/** The first few faults: enough to mend it, short enough for a column. */
function faultOf(error: z.ZodError, prefix: string): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${prefix}${path.join('.')}: ${message}`)
    .join('; ');
}
