import type { DeploymentView } from '../../../contracts/api/customers.ts';
import type { CustomerContext, RecommendationDraft } from '../../../contracts/api/orchestration.ts';
import type { MigrationPlan } from '../../../contracts/api/recommendations.ts';
import { forecastFleet, modelFault } from '../kit/observation/fleet-forecast.ts';
import { observeDeployment, type DeploymentObservation } from '../kit/observation/observe-deployment.ts';
import { correctionFrom, PATTERNS_ASKED } from '../kit/patterns/correction.ts';
import { featuresOf, situationOf } from '../kit/patterns/features.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { bestOf, enumerateCandidates, type Candidate } from './candidates.ts';
import { correctedForecast, draftOf, forecastInputs } from './draft.ts';
import { splitOnDemand, type Replaceable } from './replaceable.ts';
import { fallbackZones, usefulZones, type ZonePrice } from './zones.ts';

interface Finding {
  readonly draft: RecommendationDraft | null;
  readonly findings: readonly string[];
}
const found = (...findings: string[]): Finding => ({ draft: null, findings });

/** Looks at every deployment for nodes that could run on spot; where none can, the findings say why. */
export async function analyzeCost(
  services: AgentServices,
  task: TaskOf<'analyze'>,
): Promise<ResultOf<'analyze'>> {
  const context = await services.orchestrator.context(task.customer_id);
  const results = await Promise.all(
    context.deployments.map((deployment) => analyzeDeployment(services, context, deployment)),
  );
  return {
    type: 'analyze',
    recommendations: results.flatMap(({ draft }) => (draft === null ? [] : [draft])),
    findings:
      results.length === 0 ? ['no deployment is known yet'] : results.flatMap(({ findings }) => findings),
  };
}

async function analyzeDeployment(
  services: AgentServices,
  context: CustomerContext,
  deployment: DeploymentView,
): Promise<Finding> {
  const { name } = deployment;
  if (context.cloud.provider !== 'aws') return found(`${name}: spot plans exist for aws only`);
  const observed = await observeDeployment(services, context, deployment);
  if (!observed.ok) return found(observed.reason);
  const { observation } = observed;
  const types = [...new Set(observation.instances.map(({ instance_type }) => instance_type))];
  const [instanceType] = types;
  if (instanceType === undefined || types.length > 1) {
    return found(`${name}: nodes of different types (${types.join(', ')}) have no common latency forecast`);
  }
  const split = splitOnDemand(observation.instances, context.preferences);
  const fault = modelFault(observation, forecastFleet(observation, observation.instances.length));
  if (fault !== null) return found(`${name}: ${fault}`);
  if (split.limit === 0) return found(`${name}: ${whyNone(split, context)}`);
  return planSpot(services, context, observation, instanceType, split);
}

function whyNone(split: Replaceable, context: CustomerContext): string {
  if (split.protected.length > 0) {
    return `${split.protected.length} on-demand nodes are protected by never-touch tags; no other may leave`;
  }
  const percent = (context.preferences.minimum_on_demand_share * 100).toFixed(0);
  return split.replaceable.length === 0
    ? 'no node runs on demand'
    : `the minimum on-demand share of ${percent} % keeps every node on demand`;
}

async function planSpot(
  services: AgentServices,
  context: CustomerContext,
  observation: DeploymentObservation,
  instanceType: string,
  split: Replaceable,
): Promise<Finding> {
  const { provider, account_id: account, region } = context.cloud;
  const question = { provider, account, region, instanceType };
  const [quote, interruptions] = await Promise.all([
    services.market.prices(question),
    services.market.interruptions(question),
  ]);
  const { name } = observation.deployment;
  const zones = usefulZones(quote);
  if (zones.length === 0) {
    return found(
      `${name}: spot of ${instanceType} in ${region} is not useful, no zone is 10 % below on demand`,
    );
  }
  const { slo } = context.preferences;
  const onDemandNodes = split.replaceable.length + split.protected.length;
  const candidates = enumerateCandidates({
    observation,
    onDemandNodes,
    limit: split.limit,
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
  const plan = planOf(context, observation, best, split, zones, instanceType);
  const parts = { observation, candidate: best, plan, zones, interruptions };
  const inputs = forecastInputs(parts);
  const features = featuresOf(situationOf(plan, inputs));
  const correction = correctionFrom(await services.patterns.nearest(features, PATTERNS_ASKED, plan.kind));
  const forecast = correctedForecast(best, inputs, correction);
  return { draft: draftOf({ ...parts, slo }, forecast, correction.experience), findings: rejections };
}

function planOf(
  context: CustomerContext,
  observation: DeploymentObservation,
  { spotNodes }: Candidate,
  split: Replaceable,
  zones: readonly ZonePrice[],
  instanceType: string,
): MigrationPlan {
  const replaced = split.replaceable.slice(0, spotNodes.length);
  const kept = [...split.protected, ...split.replaceable.slice(spotNodes.length)];
  const ids = (instances: typeof kept): string[] => instances.map(({ instance_id }) => instance_id);
  return {
    kind: 'spot_migration',
    deployment: observation.deployment.name,
    provider: 'aws',
    region: context.cloud.region,
    instance_type: instanceType,
    replace_instance_ids: ids(replaced),
    keep_instance_ids: ids(kept),
    spot_nodes: spotNodes,
    fallback_zones: fallbackZones(zones, spotNodes),
    kept_on_demand_share: kept.length / observation.instances.length,
  };
}
