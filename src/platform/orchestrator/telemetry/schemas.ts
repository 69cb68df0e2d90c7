import { z } from 'zod';

import type {
  AppliedState,
  ConnectRequest,
  DeploymentReport,
  DesiredDeployment,
  DiscoverRequest,
  GpuSample,
  InstanceReport,
  IterationSample,
  RequestRecord,
  TelemetryBatch,
} from '../../../contracts/api/agent-runtime.ts';
import { CLOUD_PROVIDERS, LIFECYCLES } from '../../../contracts/api/common.ts';
import { engineConfiguration } from '../../kit/schemas/engine-configuration.ts';

const name = z.string().min(1).max(200);
const share = z.number().min(0).max(1);
const milliseconds = z.number().min(0).max(86_400_000);
/** UInt32 of ClickHouse. */
const count = z.int().min(0).max(4_294_967_295);
/** 2000 to 2100: outside of it a unit was mixed up, and ClickHouse's DateTime would wrap around. */
const worldMs = z.number().min(946_684_800_000).max(4_102_444_800_000);
const tags = z.record(z.string().max(256), z.string().max(256));
const weights = z.record(name, z.number().min(0).max(1e9));

export const connectRequest = z.object({
  version: name,
  hostname: name,
}) satisfies z.ZodType<ConnectRequest>;

const instanceReport = z.object({
  instance_id: name,
  provider: z.enum(CLOUD_PROVIDERS),
  region: name,
  zone: name,
  instance_type: name,
  lifecycle: z.enum(LIFECYCLES),
  state: z.enum(['pending', 'running', 'shutting-down', 'terminated']),
  ready: z.boolean(),
  launched_at_ms: worldMs,
  tags,
  interruption_at_ms: worldMs.nullable(),
}) satisfies z.ZodType<InstanceReport>;

const deploymentReport = z.object({
  name,
  model: name,
  engine_configuration: engineConfiguration,
  engine_configurations: z.record(name, engineConfiguration).exactOptional(),
  instance_ids: z.array(name).max(1_000),
  weights,
}) satisfies z.ZodType<DeploymentReport>;

const unique = (what: string, key: (item: unknown) => string) => ({
  check: (items: readonly unknown[]): boolean => new Set(items.map(key)).size === items.length,
  message: `names the same ${what} twice`,
});
const distinctInstances = unique('instance', (item) => (item as InstanceReport).instance_id);
const distinctDeployments = unique('deployment', (item) => (item as DeploymentReport).name);

export const discoverRequest = z.object({
  observed_at_ms: worldMs,
  instances: z.array(instanceReport).max(1_000).refine(distinctInstances.check, distinctInstances.message),
  deployments: z
    .array(deploymentReport)
    .max(200)
    .refine(distinctDeployments.check, distinctDeployments.message),
}) satisfies z.ZodType<DiscoverRequest>;

const requestRecord = z.object({
  request_id: name,
  instance_id: name,
  arrived_at_ms: worldMs,
  input_tokens: count,
  output_tokens: count,
  cached_tokens: count,
  ttft_ms: milliseconds,
  latency_ms: milliseconds,
  status: z.enum(['ok', 'error']),
  error_reason: name.nullable(),
  quality_score: share.nullable(),
  request_bytes: count.exactOptional(),
  response_bytes: count.exactOptional(),
}) satisfies z.ZodType<RequestRecord>;

const iterationSample = z.object({
  instance_id: name,
  at_ms: worldMs,
  prefill_tokens: count,
  decoding_requests: count,
  duration_ms: milliseconds,
}) satisfies z.ZodType<IterationSample>;

const gpuSample = z.object({
  instance_id: name,
  at_ms: worldMs,
  utilization: share,
  memory_utilization: share,
}) satisfies z.ZodType<GpuSample>;

export const telemetryBatch = z.object({
  batch_id: name,
  deployment: name,
  requests: z.array(requestRecord),
  iterations: z.array(iterationSample),
  gpu: z.array(gpuSample),
}) satisfies z.ZodType<TelemetryBatch>;

export const desiredDeployment = z.object({
  name,
  weights,
  engine_configurations: z.record(name, engineConfiguration),
}) satisfies z.ZodType<DesiredDeployment>;

/** Longest wait of one long poll; a client that wants more asks again. */
const LONGEST_WAIT_MS = 30_000;
export const desiredStateQuery = z.object({
  after_generation: z.coerce.number().int().min(0),
  wait_ms: z.coerce.number().int().min(0).max(LONGEST_WAIT_MS).default(0),
});

export const appliedState = z.object({
  generation: z.int().positive(),
  applied_at_ms: worldMs,
  problems: z.record(name, z.string().max(2_000)),
}) satisfies z.ZodType<AppliedState>;
