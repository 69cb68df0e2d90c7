import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import type { ValidationDraft } from '../../../contracts/api/orchestration.ts';
import type { MigrationPlan } from '../../../contracts/api/recommendations.ts';
import { forecastFigures, observationFigures } from '../kit/observation/figures.ts';
import { brokenPromises, forecastFleet, modelFault, ms } from '../kit/observation/fleet-forecast.ts';
import {
  observeDeployment,
  type DeploymentObservation,
  type ObservationResult,
} from '../kit/observation/observe-deployment.ts';
import { approve, approveIf, validated, veto } from '../kit/opinion.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';

/** Headroom within the forecast's own mean error (5 %) is approved on condition only. */
const FORECAST_ERROR_SHARE = 0.05;

/** Does the plan keep the promised latency, also while one spot node is missing? Judged by an own forecast. */
function judgeLatency(
  observed: ObservationResult,
  plan: MigrationPlan,
  slo: ServiceLevelObjective,
): ValidationDraft {
  if (!observed.ok) return veto({ reasons: [observed.reason], figures: {} });
  const { observation } = observed;
  const gone = goneInstances(observation, plan);
  if (gone.length > 0) {
    return veto({
      reasons: [`the plan replaces instances that do not serve: ${gone.join(', ')}`],
      figures: {},
    });
  }
  const nodesAfter = observation.instances.length - plan.replace_instance_ids.length + plan.spot_nodes.length;
  const forecast = forecastFleet(observation, nodesAfter);
  const figures = {
    ...observationFigures(observation),
    ...forecastFigures(forecast),
    slo_latency_ms_p95: slo.latency_ms_p95,
    slo_latency_ms_p99: slo.latency_ms_p99,
    slo_latency_ms_p95_degraded: slo.latency_ms_p95_degraded,
  };
  const fault = modelFault(observation, forecast);
  if (fault !== null) return veto({ reasons: [fault], figures });
  const broken = brokenPromises(forecast, slo);
  if (broken.length > 0) return veto({ reasons: broken, figures });
  const { after, oneMissing } = forecast;
  if (!after.stable || !oneMissing.stable) throw new Error('an unstable forecast breaks a promise');
  const reasons = [
    `P95 ${ms(after.latencyMsP95)} on ${after.nodes} nodes, promised ${ms(slo.latency_ms_p95)}.`,
    `P95 ${ms(oneMissing.latencyMsP95)} with one spot node missing, bearable ${ms(slo.latency_ms_p95_degraded)}.`,
    `Own constants from ${observation.estimate.sampleSize} iterations, residual ` +
      `${(observation.estimate.residualShare * 100).toFixed(1)} %, rate from ${observation.requests.requests} requests.`,
  ];
  const headroom = 1 - oneMissing.latencyMsP95 / slo.latency_ms_p95_degraded;
  if (headroom >= FORECAST_ERROR_SHARE) return approve({ reasons, figures });
  const percent = (headroom * 100).toFixed(1);
  return approveIf(`Replace a lost spot node at once: only ${percent} % headroom while it is missing.`, {
    reasons,
    figures,
  });
}

function goneInstances(observation: DeploymentObservation, plan: MigrationPlan): string[] {
  const serving = new Set(observation.instances.map(({ instance_id }) => instance_id));
  return plan.replace_instance_ids.filter((id) => !serving.has(id));
}

export async function validatePerformance(
  services: AgentServices,
  { customer_id, recommendation: { plan } }: TaskOf<'validate'>,
): Promise<ResultOf<'validate'>> {
  const context = await services.orchestrator.context(customer_id);
  const deployment = context.deployments.find(({ name }) => name === plan.deployment);
  const observed: ObservationResult =
    deployment === undefined
      ? { ok: false, reason: `no deployment ${plan.deployment} is known` }
      : await observeDeployment(services, context, deployment);
  return validated(judgeLatency(observed, plan, context.preferences.slo));
}
