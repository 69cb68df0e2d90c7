import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import type { MigrationPlan } from '../../../contracts/api/recommendations.ts';
import type { CommonPlace } from '../kit/observation/instance-type.ts';
import type { DeploymentObservation } from '../kit/observation/observe-deployment.ts';
import { correctionFrom, PATTERNS_ASKED } from '../kit/patterns/correction.ts';
import { featuresOf, situationOf } from '../kit/patterns/features.ts';
import { accountAt } from '../kit/places.ts';
import type { AgentServices } from '../kit/services.ts';
import type { Replaceable } from '../kit/spot/replaceable.ts';
import { fallbackZones, usefulZones, type ZonePrice } from '../kit/spot/zones.ts';
import { bestOf, enumerateCandidates, type Candidate } from './candidates.ts';
import { correctedForecast, draftOf, forecastInputs } from './draft.ts';
import { found, type Finding } from './finding.ts';

export type Place = Extract<CommonPlace, { ok: true }>;

export interface SpotQuestion {
  readonly context: CustomerContext;
  readonly observation: DeploymentObservation;
  readonly place: Place;
  readonly split: Replaceable;
  readonly type: 'spot_migration' | 'return_to_spot';
}

/** The best number of the replaceable nodes on spot, with its saving, or why none. */
export async function planSpot(services: AgentServices, question: SpotQuestion): Promise<Finding> {
  const { context, observation, place, split } = question;
  const { name } = observation.deployment;
  const pool = {
    provider: place.provider,
    account: accountAt(context, place.provider, place.region),
    region: place.region,
    instanceType: place.instanceType,
  };
  const [quote, interruptions] = await Promise.all([
    services.market.prices(pool),
    services.market.interruptions(pool),
  ]);
  const zones = usefulZones(quote);
  if (zones.length === 0) {
    return found(
      `${name}: spot of ${place.instanceType} in ${place.region} is not useful, no zone is 10 % below on demand`,
    );
  }
  const { slo } = context.preferences;
  const onDemandNodes = split.replaceable.length + split.protected.length;
  const { limit } = split;
  const candidates = enumerateCandidates({
    observation,
    onDemandNodes,
    limit,
    zones,
    quote,
    interruptions,
    slo,
  });
  const rejections = candidates
    .filter(({ objections }) => objections.length > 0)
    .map(
      ({ spotNodes, objections }) =>
        `${name}: ${spotNodes.length} on spot rejected: ${objections.join('; ')}`,
    );
  const best = bestOf(candidates);
  if (best === null) return found(...rejections);
  const plan = planOf(question, best, zones);
  const parts = { observation, candidate: best, plan, zones, interruptions };
  const inputs = forecastInputs(parts);
  const features = featuresOf(situationOf(plan, inputs));
  const correction = correctionFrom(await services.patterns.nearest(features, PATTERNS_ASKED, plan.kind));
  const forecast = correctedForecast(parts, inputs, correction);
  const draft = draftOf({ ...parts, slo, type: question.type }, forecast, correction.experience);
  return { drafts: [draft], findings: rejections };
}

function planOf(
  { observation, place, split }: SpotQuestion,
  { spotNodes }: Candidate,
  zones: readonly ZonePrice[],
): MigrationPlan {
  const replaced = split.replaceable.slice(0, spotNodes.length);
  const kept = [...split.protected, ...split.replaceable.slice(spotNodes.length)];
  const ids = (instances: typeof kept): string[] => instances.map(({ instance_id }) => instance_id);
  return {
    kind: 'spot_migration',
    deployment: observation.deployment.name,
    provider: 'aws',
    region: place.region,
    instance_type: place.instanceType,
    replace_instance_ids: ids(replaced),
    keep_instance_ids: ids(kept),
    spot_nodes: spotNodes,
    fallback_zones: fallbackZones(zones, spotNodes),
    kept_on_demand_share: kept.length / observation.instances.length,
  };
}
