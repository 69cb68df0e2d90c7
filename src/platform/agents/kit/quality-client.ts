import { z } from 'zod';

import type { GoldenAnswer } from '../../../contracts/api/agent-runtime.ts';
import type {
  GoldenBaseline,
  GoldenBaselineRequest,
  GoldenRunRequest,
  GoldenRunStatus,
  QualityComparisonReport,
} from '../../../contracts/api/orchestration.ts';
import type { QualityBaseline } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { engineConfiguration } from '../../kit/schemas/engine-configuration.ts';
import { callJson, urlBelow, type JsonRequest } from './http-json.ts';

/** Golden prompts, asked through the orchestrator, and what was made of their answers. */
export interface QualityClient {
  order(customerId: string, request: GoldenRunRequest): Promise<GoldenRunStatus>;
  run(customerId: string, goldenRunId: string): Promise<GoldenRunStatus>;
  /** The newest baseline of a deployment from golden prompts, or null. */
  baseline(customerId: string, deployment: string): Promise<GoldenBaseline | null>;
  recordBaseline(customerId: string, request: GoldenBaselineRequest): Promise<QualityBaseline>;
  reportComparison(customerId: string, report: QualityComparisonReport): Promise<void>;
}

const text = z.string().min(1);
const score = z.number().min(0).max(1);

const answer = z.object({
  prompt_id: text,
  instance_id: text,
  answered_at_ms: z.number(),
  latency_ms: z.number().nonnegative(),
  quality_score: score,
}) satisfies z.ZodType<GoldenAnswer>;

const run = z.object({
  golden_run_id: text,
  deployment: text,
  status: z.enum(['ordered', 'completed', 'failed']),
  answers: z.array(answer),
  problem: z.string().nullable(),
}) satisfies z.ZodType<GoldenRunStatus>;

const baseline = z.object({
  id: text,
  mean_score: score,
  interval: z.object({ low: z.number(), high: z.number() }),
  standard_deviation: z.number().nonnegative(),
  sample_size: z.int().positive(),
  source: z.enum(['traffic', 'golden_prompts']),
  golden_run_id: z.string().nullable(),
}) satisfies z.ZodType<QualityBaseline>;

const goldenBaseline = z.object({
  baseline,
  engine_configuration: engineConfiguration,
  answers: z.array(answer),
}) satisfies z.ZodType<GoldenBaseline>;

export function createQualityClient(baseUrl: string, key: string): QualityClient {
  const call = <T>(
    customerId: string,
    path: string,
    schema: z.ZodType<T>,
    request: JsonRequest = {},
    query: Readonly<Record<string, string>> = {},
  ): Promise<T> => {
    const url = urlBelow(baseUrl, `/internal/customers/${encodeURIComponent(customerId)}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return callJson(url, schema, { ...request, key });
  };
  return {
    order: (customerId, body) => call(customerId, 'golden-runs', run, { method: 'POST', body }),
    run: (customerId, id) => call(customerId, `golden-runs/${encodeURIComponent(id)}`, run),
    baseline: (customerId, deployment) =>
      call(customerId, 'baselines', goldenBaseline, {}, { deployment }).catch((error: unknown) => {
        if (error instanceof OptiInfraError && error.details['status'] === 404) return null;
        throw error;
      }),
    recordBaseline: (customerId, body) => call(customerId, 'baselines', baseline, { method: 'POST', body }),
    reportComparison: async (customerId, body) => {
      await call(customerId, 'quality-comparisons', z.unknown(), { method: 'POST', body });
    },
  };
}
