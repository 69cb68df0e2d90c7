import type { ServiceLevelObjective } from '../../../../contracts/api/customers.ts';
import type { LatencyForecast } from '../latency/closed-form.ts';
import { forecastFor, type DeploymentObservation } from './observe-deployment.ts';

/** Forecasts a fleet change is judged by: now, after it, and after it with one node missing. */
export interface FleetForecast {
  readonly now: LatencyForecast;
  readonly after: LatencyForecast;
  readonly oneMissing: LatencyForecast;
}

/** Beyond this error on the fleet that exists, the model may not speak about one that does not exist yet. */
const MODEL_ERROR_LIMIT = 0.25;

export function forecastFleet(observation: DeploymentObservation, nodesAfter: number): FleetForecast {
  return forecastChange(observation, observation, nodesAfter);
}

/** The same for a change of more than the number of nodes: `after` is the deployment as it would then be. */
export function forecastChange(
  present: DeploymentObservation,
  after: DeploymentObservation,
  nodesAfter: number,
): FleetForecast {
  return {
    now: forecastFor(present, present.instances.length),
    after: forecastFor(after, nodesAfter),
    oneMissing: forecastFor(after, nodesAfter - 1),
  };
}

/** Why the forecasts must not be used at all, or null. */
export function modelFault(observation: DeploymentObservation, { now }: FleetForecast): string | null {
  if (!now.stable) return `the present fleet is outside what the latency model can tell: ${now.reason}`;
  const measured = observation.requests.latencyMsP95;
  const error = Math.abs(now.latencyMsP95 / measured - 1);
  if (error <= MODEL_ERROR_LIMIT) return null;
  return `the latency model does not describe this fleet: P95 ${ms(now.latencyMsP95)} predicted, ${ms(measured)} measured`;
}

/** Every promise the change would break, as sentences with both numbers; empty when it keeps them all. */
export function brokenPromises(forecast: FleetForecast, slo: ServiceLevelObjective): string[] {
  const { after, oneMissing } = forecast;
  const broken: string[] = [];
  const compare = (what: string, predicted: number, promised: number): void => {
    if (!(predicted <= promised))
      broken.push(`${what}: ${ms(predicted)} predicted, ${ms(promised)} promised`);
  };
  if (after.stable) {
    compare('latency P95', after.latencyMsP95, slo.latency_ms_p95);
    compare('latency P99', after.latencyMsP99, slo.latency_ms_p99);
  } else broken.push(`${after.nodes} nodes are unstable: ${after.reason}`);
  if (oneMissing.stable) {
    compare('latency P95 with one node missing', oneMissing.latencyMsP95, slo.latency_ms_p95_degraded);
  } else broken.push(`${oneMissing.nodes} nodes, one missing, are unstable: ${oneMissing.reason}`);
  return broken;
}

export function ms(value: number): string {
  return `${Math.round(value).toLocaleString('en-US')} ms`;
}
