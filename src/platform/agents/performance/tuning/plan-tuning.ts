import type { CustomerContext, RecommendationDraft } from '../../../../contracts/api/orchestration.ts';
import { forecastFleet, modelFault, ms } from '../../kit/observation/fleet-forecast.ts';
import { commonPlaceOf } from '../../kit/observation/instance-type.ts';
import { windowOf, type DeploymentObservation } from '../../kit/observation/observe-deployment.ts';
import { isProtected } from '../../kit/never-touch.ts';
import type { AgentServices } from '../../kit/services.ts';
import { enumerateTuning } from './candidates.ts';
import { chooseTuning, gainShare, isGentle } from './choose.ts';
import { draftTuning } from './draft.ts';

/** World time over which answers are looked at for their scores. */
const QUALITY_WINDOW_MS = 60 * 60_000;

export interface Tuning {
  readonly draft: RecommendationDraft | null;
  readonly findings: readonly string[];
}

/** A better engine configuration for a deployment, where there is one. */
export async function planTuning(
  services: AgentServices,
  context: CustomerContext,
  observation: DeploymentObservation,
): Promise<Tuning> {
  const { name } = observation.deployment;
  const none = (...findings: string[]): Tuning => ({ draft: null, findings });
  const place = commonPlaceOf(observation);
  if (!place.ok) return none(place.reason);
  const fault = modelFault(observation, forecastFleet(observation, observation.instances.length));
  if (fault !== null) return none(`${name}: ${fault}`);
  const { slo, never_touch_tags: rules } = context.preferences;
  const held = observation.instances.filter((instance) => isProtected(instance, rules));
  if (held.length > 0) {
    return none(
      `${name}: ${held.length} node(s) are protected by never-touch tags; one fleet runs one configuration`,
    );
  }
  const window = windowOf(services.clock, context.customer_id, name, QUALITY_WINDOW_MS);
  const quality = await services.telemetry.quality(window);
  const inputs = { observation, instanceType: place.instanceType, slo, quality };
  const { candidates, refusals } = enumerateTuning(inputs);
  const refused = refusals.map((reason) => `${name}: ${reason}`);
  const { latencyMsP95, latencyMsP99 } = observation.requests;
  const missed = latencyMsP95 > slo.latency_ms_p95 || latencyMsP99 > slo.latency_ms_p99;
  const chosen = chooseTuning(candidates, missed);
  if (chosen === null) {
    const gains = candidates.filter(isGentle).map(gainShare);
    const best = (Math.max(0, ...gains) * 100).toFixed(0);
    return none(
      ...refused,
      `${name}: no other configuration is worth it, the best that costs no quality would lower P95 by ${best} %`,
    );
  }
  const draft = await draftTuning(services, inputs, place, chosen);
  if (typeof draft === 'string') return none(...refused, draft);
  const others = candidates.length - 1;
  const said = `${name}: ${others} other configurations looked at, the chosen one is expected at ${ms(chosen.forecast.after.latencyMsP95)}`;
  return { draft, findings: [...refused, said] };
}
