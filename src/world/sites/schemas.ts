import { z } from 'zod';

import { LIFECYCLES } from '../../contracts/api/common.ts';
import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import { INTERRUPTION_PRESETS, PRICE_BOOKS } from '../../contracts/market.ts';
import type {
  AgentRuntimeRequest,
  Fault,
  ReclaimRequest,
  SiteRequest,
  TrafficProfile,
} from '../../contracts/world.ts';
import { OptiInfraError } from '../../support/errors.ts';

const positive = z.number().positive();
const positiveInteger = z.number().int().positive();

const engineConfiguration = z.strictObject({
  tensor_parallel_size: positiveInteger,
  kv_allocation: z.enum(['static', 'paged']),
  prefix_caching: z.boolean(),
  scheduler: z.enum(['prefill_first', 'chunked']),
  quantization: z.enum(['bf16', 'fp8', 'int8', 'w4a16']),
  max_model_len: positiveInteger,
  revision: z.string().min(1),
  chat_template: z.string().min(1),
}) satisfies z.ZodType<EngineConfiguration>;

const traffic = z.strictObject({
  requestsPerSecond: z.number().nonnegative().max(1_000),
  inputTokensMean: positive,
  inputTokensCv: z.number().nonnegative(),
  outputTokensMean: positive,
  outputTokensCv: z.number().nonnegative(),
  sharedPrefixShare: z.number().min(0).lt(1),
}) satisfies z.ZodType<TrafficProfile>;

export const siteRequest = z.strictObject({
  companyName: z.string().min(1),
  seed: z.number().int().nonnegative(),
  priceBook: z.enum(PRICE_BOOKS),
  preset: z.enum(INTERRUPTION_PRESETS),
  region: z.string().min(1),
  deployment: z.string().min(1).max(128),
  model: z.string().min(1),
  instanceType: z.string().min(1),
  nodes: positiveInteger.max(64),
  engineConfiguration,
  traffic,
  runId: z.string().min(1).max(256),
}) satisfies z.ZodType<SiteRequest>;

export const agentRuntimeRequest = z.strictObject({
  apiUrl: z.url({ protocol: /^https?$/ }),
  agentToken: z.string().min(1),
}) satisfies z.ZodType<AgentRuntimeRequest>;

export const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slow-nodes'), lifecycle: z.enum(LIFECYCLES), factor: positive }),
  z.strictObject({
    kind: z.literal('quality-drop'),
    lifecycle: z.enum(LIFECYCLES),
    drop: z.number().gt(0).max(1),
  }),
  z.strictObject({ kind: z.literal('spot-price-move'), factor: positive }),
  z.strictObject({ kind: z.literal('stop-traffic') }),
]) satisfies z.ZodType<Fault>;

export const reclaimRequest = z.strictObject({ nodes: positiveInteger }) satisfies z.ZodType<ReclaimRequest>;

/** @throws OptiInfraError `VALIDATION_FAILED` whose details name each field. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    field: ['body', ...path].join('.'),
    message,
  }));
  throw new OptiInfraError(
    'VALIDATION_FAILED',
    errors.map(({ field, message }) => `${field}: ${message}`).join('; '),
    { details: { errors } },
  );
}
