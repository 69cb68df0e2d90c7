import type { DeploymentView, InstanceView } from '../../../../contracts/api/customers.ts';
import type { CustomerContext } from '../../../../contracts/api/orchestration.ts';
import type { Clock } from '../../../../support/clock.ts';
import { waitFor } from '../../../../support/waiting.ts';
import { forecastLatency, type LatencyForecast, type TrafficStatistics } from '../latency/closed-form.ts';
import { estimateConstants, type ConstantsEstimate } from '../latency/estimate-constants.ts';
import type { AgentServices } from '../services.ts';
import type { RequestStatistics, TelemetryWindow, TokenStatistics } from '../telemetry/types.ts';

type RequestsSeen = RequestStatistics & TokenStatistics;

/** A deployment as an agent sees it: what serves, what was measured, and the constants fitted to it. */
export interface DeploymentObservation {
  readonly deployment: DeploymentView;
  /** Instances that serve now. */
  readonly instances: readonly InstanceView[];
  readonly requests: RequestsSeen;
  readonly traffic: TrafficStatistics;
  readonly estimate: Extract<ConstantsEstimate, { known: true }>;
}
export type ObservationResult =
  | { readonly ok: true; readonly observation: DeploymentObservation }
  | { readonly ok: false; readonly reason: string };

/** World time looked back on at most: beyond it the rate is no longer the present one. */
const OBSERVATION_WINDOW_MS = 30 * 60_000;
/** Enough where it holds the wanted requests: the state before a change is sooner out of sight. */
const SHORT_WINDOW_MS = 10 * 60_000;
/** With fewer the rate itself is uncertain by over 2 %, which the forecast multiplies by four near its limit. */
export const MINIMUM_REQUESTS = 2_000;
/** The rate within 1 %; worth a short wait while telemetry is coming in. */
export const WANTED_REQUESTS = 10_000;
const PATIENCE_WALL_MS = 3_000;
/** Iterations read: enough for constants within 1 %, small enough to fit in a fraction of a second. */
const ITERATIONS_READ = 2_500;
/** Telemetry older than this is not the present: five world minutes, but at least 15 wall seconds of any world. */
const STALE_WORLD_MS = 5 * 60_000;
const STALE_WALL_MS = 15_000;

export function servingInstances(context: CustomerContext, deployment: string): readonly InstanceView[] {
  return context.instances.filter(
    (instance) => instance.deployment === deployment && instance.state === 'running' && instance.ready,
  );
}

export function windowOf(
  clock: Clock,
  customerId: string,
  deployment: string,
  lengthMs = OBSERVATION_WINDOW_MS,
): TelemetryWindow {
  const toMs = clock.worldMs();
  return { customerId, deployment, fromMs: toMs - lengthMs, toMs };
}

export async function observeDeployment(
  services: Pick<AgentServices, 'telemetry' | 'clock'>,
  context: CustomerContext,
  deployment: DeploymentView,
): Promise<ObservationResult> {
  const refuse = (reason: string): ObservationResult => ({ ok: false, reason });
  const { name } = deployment;
  const instances = servingInstances(context, name);
  if (instances.length === 0) return refuse(`no instance of ${name} is serving`);
  const { requests, window } = await awaitRequests(services, context.customer_id, deployment);
  const lack = lackOfRequests(requests, window, services.clock);
  if (requests === null || lack !== null) return refuse(lack ?? `no telemetry of ${name}`);
  const ids = instances.map(({ instance_id }) => instance_id);
  const estimate = estimateConstants(await services.telemetry.iterations(window, ids, ITERATIONS_READ));
  if (!estimate.known) return refuse(`the serving constants of ${name} are unknown: ${estimate.reason}`);
  const traffic = trafficOf(requests);
  return { ok: true, observation: { deployment, instances, requests, traffic, estimate } };
}

/** Latency that this deployment would have on another number of equal nodes. */
export function forecastFor(observation: DeploymentObservation, nodes: number): LatencyForecast {
  return forecastLatency({
    constants: observation.estimate.constants,
    traffic: observation.traffic,
    scheduler: observation.deployment.engine_configuration.scheduler,
    nodes,
  });
}

interface Look {
  readonly requests: RequestsSeen | null;
  readonly window: TelemetryWindow;
}

async function awaitRequests(
  { telemetry, clock }: Pick<AgentServices, 'telemetry' | 'clock'>,
  customerId: string,
  { name, unchanged_since: unchangedSince }: DeploymentView,
): Promise<Look> {
  const startedMs = clock.monotonicMs();
  const changedMs = unchangedSince === undefined ? Number.NEGATIVE_INFINITY : Date.parse(unchangedSince);
  const look = async (lengthMs: number): Promise<Look> => {
    const window = sinceChange(windowOf(clock, customerId, name, lengthMs), changedMs);
    return { window, requests: await telemetry.requests(window) };
  };
  const enough = ({ requests }: Look): boolean => (requests?.requests ?? 0) >= WANTED_REQUESTS;
  return waitFor<Look>(
    async () => {
      const newest = await look(SHORT_WINDOW_MS);
      if (enough(newest)) return { done: true, value: newest };
      const seen = await look(OBSERVATION_WINDOW_MS);
      const patient = clock.monotonicMs() - startedMs < PATIENCE_WALL_MS;
      // Nothing at all may be no traffic, or traffic of which the first after a change is still under way.
      const coming = seen.requests !== null || seen.window.fromMs === changedMs;
      if (patient && coming && !enough(seen)) {
        return { done: false, observed: seen.requests?.requests ?? 0 };
      }
      return { done: true, value: seen };
    },
    // The look itself ends at the patience; the deadline is the net below it.
    { condition: 'telemetry', deadlineMs: 4 * PATIENCE_WALL_MS, intervalMs: 250, clock },
  );
}

/** Latency and constants from before a change are those of another fleet: a model of both describes neither. */
function sinceChange(window: TelemetryWindow, changedMs: number): TelemetryWindow {
  return { ...window, fromMs: Math.min(Math.max(window.fromMs, changedMs), window.toMs) };
}

function lackOfRequests(seen: RequestsSeen | null, window: TelemetryWindow, clock: Clock): string | null {
  const minutes = (ms: number): string => (ms / 60_000).toFixed(0);
  if (seen === null) {
    return `no telemetry of ${window.deployment} in the last ${minutes(OBSERVATION_WINDOW_MS)} minutes`;
  }
  const ageMs = window.toMs - seen.lastArrivalMs;
  if (ageMs > Math.max(STALE_WORLD_MS, STALE_WALL_MS * clock.timeScale)) {
    return `no telemetry of ${window.deployment} since ${minutes(ageMs)} minutes`;
  }
  if (seen.requests < MINIMUM_REQUESTS) {
    return `no telemetry of ${window.deployment} that suffices: ${seen.requests} requests, ${MINIMUM_REQUESTS} are needed`;
  }
  return null;
}

function trafficOf(seen: RequestsSeen): TrafficStatistics {
  return {
    requestsPerSecond: seen.requestsPerSecond,
    prefillTokensMean: Math.max(0, seen.inputTokensMean - seen.cachedTokensMean),
    outputTokensMean: seen.outputTokensMean,
    outputTokensP50: seen.outputTokensP50,
    outputTokensP95: seen.outputTokensP95,
    outputTokensP99: seen.outputTokensP99,
  };
}
