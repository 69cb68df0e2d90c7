import { z } from 'zod';

import type { ConnectRequest, ConnectResponse } from '../../contracts/api/agent-runtime.ts';
import type { Clock } from '../../support/clock.ts';
import { describeError } from '../../support/errors.ts';
import type { IdSource } from '../../support/ids.ts';
import type { Logger } from '../../support/logging.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import { RuntimeRefused, type RuntimeContext } from './context.ts';
import { followDesiredState } from './desired-state.ts';
import { createDiscovery, type Discovery } from './discovery.ts';
import { followGoldenRuns } from './golden-runs.ts';
import type { RuntimeHost } from './host.ts';
import { persist } from './persist.ts';
import { createTelemetryShipper, type TelemetryShipper } from './telemetry-shipper.ts';

const RUNTIME_VERSION = '1.0.0';

export interface RuntimeOptions {
  readonly apiUrl: string;
  readonly agentToken: string;
  readonly host: RuntimeHost;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** Ends the runtime, also while it still tries to connect. */
  readonly signal: AbortSignal;
  /** Request records kept while the platform is away. */
  readonly bufferBound?: number;
}

/** A connected runtime at work. */
export interface AgentRuntime {
  readonly state: 'connected' | 'failed';
  readonly telemetryShipped: number;
  readonly telemetryLost: number;
  stop(): Promise<void>;
}

const connectResponse = z.object({
  connected: z.literal(true),
  customer_id: z.string(),
  runtime_token: z.string().min(1),
}) satisfies z.ZodType<ConnectResponse>;

/**
 * Exchanges the one-use token, reports the inventory, then ships telemetry and follows the desired state until stopped.
 * @throws RuntimeRefused when the platform refuses the token or the first inventory.
 */
export async function startAgentRuntime(options: RuntimeOptions): Promise<AgentRuntime> {
  const { host, clock, ids, logger } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, options.signal]);
  const api = createApiClient(options.apiUrl);
  const token = await connect(api, options, signal);
  const context: RuntimeContext = {
    host,
    clock,
    ids,
    logger,
    signal,
    call: (method, path, body, timeoutMs) =>
      api({
        method,
        path,
        token,
        signal,
        ...(body === undefined ? {} : { body }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
  };
  const shipper = createTelemetryShipper(context, options.bufferBound);
  const discovery = createDiscovery(context);
  await discovery.report();
  return supervise(context, stopping, shipper, discovery);
}

function supervise(
  context: RuntimeContext,
  stopping: AbortController,
  shipper: TelemetryShipper,
  discovery: Discovery,
): AgentRuntime {
  let state: AgentRuntime['state'] = 'connected';
  const draining = new Set<string>();
  const detach = context.host.attach({
    telemetry: (delivery) => shipper.accept(delivery),
    inventoryChanged: () => {
      drainAnnounced(context, draining);
      discovery.changed();
    },
  });
  const loops = [shipper.run(), discovery.run(), followDesiredState(context), followGoldenRuns(context)].map(
    (loop) =>
      loop.catch((error: unknown) => {
        if (context.signal.aborted) return;
        state = 'failed';
        context.logger.error({ reason: describeError(error) }, 'the agent-runtime ended');
        detach();
        stopping.abort();
      }),
  );
  return {
    get state() {
      return state;
    },
    get telemetryShipped() {
      return shipper.shipped;
    },
    get telemetryLost() {
      return shipper.lost;
    },
    stop: async () => {
      detach();
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** A node the cloud will take back gets no new request from the moment of the notice; the platform need not say so. */
function drainAnnounced({ host, logger }: RuntimeContext, draining: Set<string>): void {
  for (const { instance_id: instanceId, interruption_at_ms: at } of host.inventory().instances) {
    if (at === null || draining.has(instanceId)) continue;
    draining.add(instanceId);
    logger.warn({ instanceId, interruption_at_ms: at }, 'interruption announced: draining');
    host.drain(instanceId);
  }
}

async function connect(api: ApiClient, options: RuntimeOptions, signal: AbortSignal): Promise<string> {
  const { clock, logger, host } = options;
  const hello: ConnectRequest = { version: RUNTIME_VERSION, hostname: host.hostname };
  const call = {
    method: 'POST' as const,
    path: '/agent-runtime/connect',
    token: options.agentToken,
    body: JSON.stringify(hello),
    signal,
  };
  const answer = await persist(() => api(call), { what: 'connect', clock, logger, signal });
  if (answer.kind === 'refused') throw new RuntimeRefused(answer.reason);
  const parsed = connectResponse.safeParse(answer.body);
  if (!parsed.success) throw new RuntimeRefused(`connect answered ${z.prettifyError(parsed.error)}`);
  logger.info({ customer_id: parsed.data.customer_id }, 'connected');
  return parsed.data.runtime_token;
}
