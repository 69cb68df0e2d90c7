import { z } from 'zod';

import { CLOUD_PROVIDERS, LIFECYCLES } from '../../contracts/api/common.ts';
import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import { INTERRUPTION_PRESETS, PRICE_BOOKS } from '../../contracts/market.ts';
import type {
  AgentRuntimeRequest,
  DeployRequest,
  Fault,
  FleetRequest,
  Place,
  ReclaimRequest,
  SiteRequest,
  TrafficProfile,
  TrafficRequest,
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
  arrivals: z.enum(['poisson', 'bursty']),
  attachmentBytesMean: z.number().nonnegative().max(1e9).exactOptional(),
}) satisfies z.ZodType<TrafficProfile>;

const place = z.strictObject({
  provider: z.enum(CLOUD_PROVIDERS),
  region: z.string().min(1),
}) satisfies z.ZodType<Place>;

const fleet = place.extend({
  deployment: z.string().min(1).max(128),
  model: z.string().min(1),
  instanceType: z.string().min(1),
  nodes: positiveInteger.max(64),
  engineConfiguration,
  traffic,
}) satisfies z.ZodType<FleetRequest>;

export const siteRequest = z.strictObject({
  companyName: z.string().min(1),
  seed: z.number().int().nonnegative(),
  priceBook: z.enum(PRICE_BOOKS),
  preset: z.enum(INTERRUPTION_PRESETS),
  fleets: z
    .array(fleet)
    .min(1)
    .max(16)
    .refine((fleets) => new Set(fleets.map(({ deployment }) => deployment)).size === fleets.length, {
      error: 'two fleets have the same deployment',
    }),
  places: z.array(place).max(16),
  runId: z.string().min(1).max(256),
}) satisfies z.ZodType<SiteRequest>;

export const agentRuntimeRequest = z.strictObject({
  apiUrl: z.url({ protocol: /^https?$/ }),
  agentToken: z.string().min(1),
}) satisfies z.ZodType<AgentRuntimeRequest>;

const drop = z.number().gt(0).max(1);
const lifecycle = z.enum(LIFECYCLES);

export const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slow-nodes'), lifecycle, factor: positive }),
  z.strictObject({
    kind: z.literal('slow-quantization'),
    quantization: engineConfiguration.shape.quantization,
    factor: positive,
  }),
  z.strictObject({ kind: z.literal('quality-drop'), lifecycle, drop }),
  z.strictObject({ kind: z.literal('bad-revision'), revision: z.string().min(1), drop }),
  z.strictObject({ kind: z.literal('bad-template'), chatTemplate: z.string().min(1), drop }),
  z.strictObject({ kind: z.literal('spot-price-move'), factor: positive }),
  z.strictObject({ kind: z.literal('no-spot-capacity'), zones: z.array(z.string().min(1)) }),
  z.strictObject({
    kind: z.literal('termination-protection'),
    nodes: positiveInteger,
    instanceIds: z.array(z.string().min(1)).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('stop-traffic') }),
]) satisfies z.ZodType<Fault>;

/** Optional members are absent, never undefined: the contract says so and JSON has no undefined. */
export const reclaimRequest: z.ZodType<ReclaimRequest> = z
  .strictObject({ nodes: positiveInteger, instanceIds: z.array(z.string().min(1)).exactOptional() })
  .refine(({ nodes, instanceIds }) => instanceIds === undefined || new Set(instanceIds).size === nodes, {
    path: ['instanceIds'],
    error: 'are not `nodes` different ones',
  });

export const deployRequest: z.ZodType<DeployRequest> = z
  .strictObject({
    deployment: z.string().min(1),
    revision: z.string().min(1).exactOptional(),
    chatTemplate: z.string().min(1).exactOptional(),
  })
  .refine(({ revision, chatTemplate }) => revision !== undefined || chatTemplate !== undefined, {
    path: ['revision'],
    error: 'neither a revision nor a chat template is given',
  });

export const trafficRequest = z.strictObject({
  deployment: z.string().min(1),
  requestsPerSecond: traffic.shape.requestsPerSecond,
}) satisfies z.ZodType<TrafficRequest>;

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
