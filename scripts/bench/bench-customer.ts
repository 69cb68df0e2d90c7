import { randomUUID } from 'node:crypto';

import { callApi } from '../../src/client/http.ts';
import { createClient, signup } from '../../src/client/index.ts';
import type {
  ConnectResponse,
  DiscoverRequest,
  RequestRecord,
  TelemetryBatch,
  TelemetryResponse,
} from '../../src/contracts/api/agent-runtime.ts';
import type { InfrastructureResponse } from '../../src/contracts/api/customers.ts';
import type { EnvironmentUrls } from '../../src/contracts/environment.ts';
import type { ScenarioInput } from '../../src/contracts/runs.ts';
import type { FleetRequest, Site, SiteRequest } from '../../src/contracts/world.ts';
import { acmeFleet, createWorldClient, UNTUNED_ENGINE } from '../../src/fixtures/index.ts';
import { randomIds } from '../../src/support/ids.ts';
import { randomStream } from '../../src/support/random.ts';
import type { Clock } from '../../src/support/clock.ts';

const SCENARIO: ScenarioInput = {
  seed: 1,
  approve: 'auto',
  prices: 'reference',
  preset: 'calm',
  faults: [],
  gitRevision: 'benchmark',
};

/** The reference fleet under a run id of its own. */
export function benchFleet(): SiteRequest {
  const runId = `bench-${randomUUID().slice(0, 8)}`;
  return acmeFleet({ runId, companyName: 'Benchmark', scenario: SCENARIO });
}

/** Its one fleet. */
export function firstFleet({ fleets }: SiteRequest): FleetRequest {
  const [fleet] = fleets;
  if (fleet === undefined) throw new Error('the reference site has no fleet');
  return fleet;
}

/** A customer with a discovered fleet whose agent-runtime is the benchmark. Disposing of it takes the fleet down. */
export interface BenchCustomer extends AsyncDisposable {
  readonly fleet: DiscoveredFleet;
  readonly customerId: string;
  readonly accessToken: string;
  infrastructure(): Promise<InfrastructureResponse>;
  ship(batch: TelemetryBatch): Promise<TelemetryResponse>;
}
export interface DiscoveredFleet {
  readonly deployment: string;
  readonly instanceIds: readonly string[];
}

/** Almost none: the world shall leave the machine to what is measured. */
const REQUESTS_PER_SECOND = 0.01;

export async function createBenchCustomer(urls: EnvironmentUrls, clock: Clock): Promise<BenchCustomer> {
  const baseUrl = urls.orchestrator;
  const world = createWorldClient(urls.world);
  const request = benchFleet();
  const served = firstFleet(request);
  const traffic = { ...served.traffic, requestsPerSecond: REQUESTS_PER_SECOND };
  const site = await world.createSite({ ...request, fleets: [{ ...served, traffic }] });
  const fleet = { deployment: served.deployment, instanceIds: site.instanceIds };
  const roleArn = site.accounts[0]?.roleArn ?? '';
  const credentials = { email: `bench.${randomUUID()}@e2e.example`, password: randomUUID() };
  const { customer_id: customerId } = await signup(baseUrl, {
    ...credentials,
    company_name: 'Benchmark',
    plan: 'enterprise',
  });
  const client = createClient({ baseUrl, credentials, clock });
  await client.onboard(customerId, {
    cloud_provider: 'aws',
    region: served.region,
    iam_role_arn: roleArn,
  });
  const { agent_token: agentToken } = await client.installCommand(customerId);
  const asRuntime = <T>(path: string, token: string, body: unknown): Promise<T> =>
    callApi(baseUrl, { method: 'POST', path, body, headers: { authorization: `Bearer ${token}` } });
  const { runtime_token: token } = await asRuntime<ConnectResponse>('/agent-runtime/connect', agentToken, {
    version: '1.0.0',
    hostname: 'benchmark',
  });
  await asRuntime('/agent-runtime/discover', token, inventory(served, site, clock.worldMs()));
  return {
    fleet,
    customerId,
    accessToken: await client.accessToken(),
    infrastructure: () => client.infrastructure(customerId),
    ship: (batch) => asRuntime('/agent-runtime/telemetry', token, batch),
    [Symbol.asyncDispose]: () => world.removeSite(site.siteId),
  };
}

function inventory(request: FleetRequest, { instanceIds }: Site, worldMs: number): DiscoverRequest {
  const { region } = request;
  return {
    observed_at_ms: Math.round(worldMs),
    instances: instanceIds.map((id) => ({
      instance_id: id,
      provider: 'aws',
      region,
      zone: `${region}a`,
      instance_type: request.instanceType,
      lifecycle: 'on_demand',
      state: 'running',
      ready: true,
      launched_at_ms: Math.round(worldMs),
      tags: {},
      interruption_at_ms: null,
    })),
    deployments: [
      {
        name: request.deployment,
        model: request.model,
        engine_configuration: UNTUNED_ENGINE,
        instance_ids: instanceIds,
        weights: Object.fromEntries(instanceIds.map((id) => [id, 1])),
      },
    ],
  };
}

/** Batches of the reference traffic's shape: 45 requests a world second, one sampled iteration for ten of them. */
export function createBatches(
  { deployment, instanceIds }: DiscoveredFleet,
  worldMs: number,
  recordsPerBatch: number,
): () => TelemetryBatch {
  const stream = randomStream(1, 'benchmark');
  const anyNode = (): string => instanceIds[Math.floor(stream.uniform() * instanceIds.length)] ?? '';
  let atMs = worldMs;
  const record = (): RequestRecord => {
    atMs += stream.exponential(45 / 1_000);
    const latencyMs = stream.logNormal(900, 0.5);
    return {
      request_id: randomUUID(),
      instance_id: anyNode(),
      arrived_at_ms: atMs,
      input_tokens: Math.round(stream.logNormal(340, 0.4)),
      output_tokens: Math.max(1, Math.round(stream.logNormal(12, 0.35))),
      cached_tokens: 0,
      ttft_ms: latencyMs * 0.6,
      latency_ms: latencyMs,
      status: 'ok',
      error_reason: null,
      quality_score: stream.uniform(),
    };
  };
  return () => {
    const requests = Array.from({ length: recordsPerBatch }, record);
    return {
      batch_id: randomIds('bat'),
      deployment,
      requests,
      iterations: Array.from({ length: Math.round(recordsPerBatch / 10) }, () => ({
        instance_id: anyNode(),
        at_ms: atMs,
        prefill_tokens: 340,
        decoding_requests: 8,
        duration_ms: stream.logNormal(60, 0.2),
      })),
      gpu: instanceIds.map((id) => ({
        instance_id: id,
        at_ms: atMs,
        utilization: stream.uniform(),
        memory_utilization: 0.8,
      })),
    };
  };
}
