import type { ServiceLevelObjective } from '../../../../contracts/api/customers.ts';
import type { ValidationDraft } from '../../../../contracts/api/orchestration.ts';
import type { OptimizationPlan } from '../../../../contracts/api/recommendations.ts';
import { changeBy, type Change } from '../../kit/engine/change.ts';
import { forecastFigures, observationFigures } from '../../kit/observation/figures.ts';
import {
  brokenPromises,
  forecastChange,
  modelFault,
  ms,
  type FleetForecast,
} from '../../kit/observation/fleet-forecast.ts';
import { commonTypeOf } from '../../kit/observation/instance-type.ts';
import type { DeploymentObservation } from '../../kit/observation/observe-deployment.ts';
import { approve, approveIf, veto } from '../../kit/opinion.ts';
import { touchedInstances } from '../../kit/plans.ts';

/** Headroom within the forecast's own mean error (5 %) is approved on condition only. */
const FORECAST_ERROR_SHARE = 0.05;
/** A change that helps this much may stand although the promise is still missed: it was missed before. */
const HELPS_SHARE = 0.2;

/** Does the plan keep the promised latency, also while one node is missing? Judged by an own forecast. */
export function judgeByForecast(
  observation: DeploymentObservation,
  plan: OptimizationPlan,
  slo: ServiceLevelObjective,
): ValidationDraft {
  const refuse = (reasons: readonly string[]): ValidationDraft => veto({ reasons, figures: {} });
  const gone = goneInstances(observation, plan);
  if (gone.length > 0) return refuse([`the plan touches instances that do not serve: ${gone.join(', ')}`]);
  const instanceType = commonTypeOf(observation);
  if (instanceType === null)
    return refuse([`the nodes of ${plan.deployment} have no common latency forecast`]);
  const change = changeBy(plan, observation, instanceType);
  if (!change.ok) return refuse(change.reasons);
  const forecast = forecastChange(observation, change.after, change.nodes);
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
  if (broken.length > 0) return judgeBroken(forecast, plan, broken, figures);
  return judgeKept(observation, change, forecast, slo, figures);
}

/** A fleet that misses its promise already may still be tuned; nothing else may be done to it. */
function judgeBroken(
  { now, after }: FleetForecast,
  plan: OptimizationPlan,
  broken: readonly string[],
  figures: Record<string, number>,
): ValidationDraft {
  const helps =
    plan.kind === 'configuration_change' &&
    now.stable &&
    after.stable &&
    after.latencyMsP95 <= (1 - HELPS_SHARE) * now.latencyMsP95;
  if (!helps) return veto({ reasons: broken, figures });
  const reasons = [
    ...broken,
    `P95 falls from ${ms(now.latencyMsP95)} to ${ms(after.latencyMsP95)} all the same.`,
  ];
  return approveIf('More has to follow: the promise is still missed afterwards.', { reasons, figures });
}

function judgeKept(
  observation: DeploymentObservation,
  change: Extract<Change, { ok: true }>,
  { after, oneMissing }: FleetForecast,
  slo: ServiceLevelObjective,
  figures: Record<string, number>,
): ValidationDraft {
  if (!after.stable || !oneMissing.stable) throw new Error('an unstable forecast breaks a promise');
  const reasons = [
    `P95 ${ms(after.latencyMsP95)} on ${after.nodes} nodes, promised ${ms(slo.latency_ms_p95)}.`,
    `P95 ${ms(oneMissing.latencyMsP95)} with one node missing, bearable ${ms(slo.latency_ms_p95_degraded)}.`,
    `Own constants from ${observation.estimate.sampleSize} iterations, residual ` +
      `${(observation.estimate.residualShare * 100).toFixed(1)} %, rate from ${observation.requests.requests} requests.`,
    ...change.notes,
  ];
  const headroom = 1 - oneMissing.latencyMsP95 / slo.latency_ms_p95_degraded;
  if (headroom >= FORECAST_ERROR_SHARE) return approve({ reasons, figures });
  const percent = (headroom * 100).toFixed(1);
  return approveIf(`Replace a lost node at once: only ${percent} % headroom while it is missing.`, {
    reasons,
    figures,
  });
}

function goneInstances(observation: DeploymentObservation, plan: OptimizationPlan): string[] {
  const serving = new Set(observation.instances.map(({ instance_id }) => instance_id));
  return touchedInstances(plan).filter((id) => !serving.has(id));
}
