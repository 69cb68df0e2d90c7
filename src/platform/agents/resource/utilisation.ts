import type {
  DeploymentView,
  InstanceView,
  ServiceLevelObjective,
} from '../../../contracts/api/customers.ts';
import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import { brokenPromises, forecastFleet } from '../kit/observation/fleet-forecast.ts';
import {
  forecastFor,
  observeDeployment,
  servingInstances,
  windowOf,
  type DeploymentObservation,
} from '../kit/observation/observe-deployment.ts';
import type { AgentServices } from '../kit/services.ts';
import type { DemandStatistics, GpuStatistics, TelemetryWindow } from '../kit/telemetry/types.ts';

const HOUR_MS = 3_600_000;
export const DAY_MINUTES = 24 * 60;
/** Idle: GPU under 5 % and no request for an hour. Under-used: P95 of demand under 40 % over 24 h (world spec §7). */
const IDLE_GPU = 0.05;
export const UNDERUSED_DEMAND = 0.4;
/** GPU samples come in batches: this much of the hour may still be on its way. */
const UNSEEN_MS = 5 * 60_000;

/** A deployment as a user of machines. A GPU reads busy whenever it decodes, so demand stands beside the reading. */
export type Utilisation =
  | { readonly kind: 'unknown'; readonly reason: string }
  | {
      readonly kind: 'idle';
      readonly deployment: DeploymentView;
      readonly instances: readonly InstanceView[];
      readonly gpu: GpuStatistics;
    }
  | {
      readonly kind: 'busy';
      readonly observation: DeploymentObservation;
      readonly gpu: GpuStatistics;
      readonly demand: DemandStatistics;
    };

export async function readUtilisation(
  services: AgentServices,
  context: CustomerContext,
  deploymentName: string,
): Promise<Utilisation> {
  const unknown = (reason: string): Utilisation => ({ kind: 'unknown', reason });
  const deployment = context.deployments.find(({ name }) => name === deploymentName);
  if (deployment === undefined) return unknown(`no deployment ${deploymentName} is known`);
  const { telemetry, clock } = services;
  const instances = servingInstances(context, deploymentName);
  const hour = windowOf(clock, context.customer_id, deploymentName, HOUR_MS);
  const day = windowOf(clock, context.customer_id, deploymentName, 24 * HOUR_MS);
  const ids = instances.map(({ instance_id }) => instance_id);
  const [gpu, requests, demand] = await Promise.all([
    telemetry.gpu(hour, ids),
    telemetry.requests(hour),
    telemetry.demand(day),
  ]);
  if (gpu === null) return unknown(`no telemetry of the GPUs of ${deploymentName} in the last hour`);
  if (requests === null && gpu.utilizationMean < IDLE_GPU) {
    const lack = lackOfHistory(instances, gpu, hour);
    return lack === null
      ? { kind: 'idle', deployment, instances, gpu }
      : unknown(`no request to ${deploymentName}, but ${lack}: only an hour without any is idle`);
  }
  const observed = await observeDeployment(services, context, deployment);
  if (!observed.ok) return unknown(observed.reason);
  if (demand === null) return unknown(`no telemetry of the demand on ${deploymentName}`);
  return { kind: 'busy', observation: observed.observation, gpu, demand };
}

/** What is missing of the hour that must have been seen, or null. */
function lackOfHistory(
  instances: readonly InstanceView[],
  { firstSampleMs }: GpuStatistics,
  { fromMs, toMs }: TelemetryWindow,
): string | null {
  const young = instances.filter(({ launched_at }) => Date.parse(launched_at) > fromMs);
  if (young.length > 0) return `${young.length} node(s) have not run for an hour`;
  if (firstSampleMs <= fromMs + UNSEEN_MS) return null;
  return `its GPUs were seen for ${((toMs - firstSampleMs) / 60_000).toFixed(0)} minutes`;
}

/** The deployment at the rate of its P95 minute. */
export function atPeak(observation: DeploymentObservation, demand: DemandStatistics): DeploymentObservation {
  const { traffic } = observation;
  const requestsPerSecond = Math.max(demand.requestsPerSecondP95, traffic.requestsPerSecond);
  return { ...observation, traffic: { ...traffic, requestsPerSecond } };
}

/** Demand at the P95 minute, as a share of what `nodes` nodes can take. */
export function peakDemand(
  observation: DeploymentObservation,
  demand: DemandStatistics,
  nodes: number,
): number {
  return forecastFor(atPeak(observation, demand), nodes).demand;
}

/** One node fewer would do: under 40 % for a whole day, and the smaller fleet keeps every promise. */
export function isUnderused(
  observation: DeploymentObservation,
  demand: DemandStatistics,
  slo: ServiceLevelObjective,
): boolean {
  const nodes = observation.instances.length;
  if (nodes < 2 || demand.minutes < DAY_MINUTES) return false;
  if (peakDemand(observation, demand, nodes) >= UNDERUSED_DEMAND) return false;
  return brokenPromises(forecastFleet(observation, nodes - 1), slo).length === 0;
}
