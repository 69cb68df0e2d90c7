import type { DeploymentView } from '../../../contracts/api/customers.ts';
import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import { forecastFleet, modelFault } from '../kit/observation/fleet-forecast.ts';
import { commonPlaceOf } from '../kit/observation/instance-type.ts';
import { observeDeployment } from '../kit/observation/observe-deployment.ts';
import type { AgentServices } from '../kit/services.ts';
import { splitOnDemand, type Replaceable } from '../kit/spot/replaceable.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { findCommitments } from './commitments.ts';
import { found, joined, type Finding } from './finding.ts';
import { planPlacements } from './placement/plan-placements.ts';
import type { DeploymentToPlace } from './placement/options.ts';
import { replaceLostNode } from './replace-lost-node.ts';
import { returnToSpot } from './return-to-spot.ts';
import { planSpot } from './spot-plan.ts';

/** What the cost agent has to say to this trigger, or, asked by a person, to every deployment. */
export async function analyzeCost(
  services: AgentServices,
  { customer_id, trigger }: TaskOf<'analyze'>,
): Promise<ResultOf<'analyze'>> {
  const context = await services.orchestrator.context(customer_id);
  const { drafts, findings } = await answer(services, context, trigger);
  return { type: 'analyze', recommendations: drafts, findings };
}

async function answer(
  services: AgentServices,
  context: CustomerContext,
  trigger: TaskOf<'analyze'>['trigger'],
): Promise<Finding> {
  switch (trigger?.kind) {
    case 'interruption':
      return replaceLostNode(services, context, trigger.instance_id);
    case 'fallback_nodes':
      return returnToSpot(services, context, trigger.instance_ids);
    case 'configuration_changed':
      return found(`${trigger.deployment}: another configuration changes no price`);
    case undefined:
      return analyzeAll(services, context);
  }
}

async function analyzeAll(services: AgentServices, context: CustomerContext): Promise<Finding> {
  if (context.deployments.length === 0) return found('no deployment is known yet');
  const looked = await Promise.all(
    context.deployments.map((deployment) => analyzeDeployment(services, context, deployment)),
  );
  const placeable = looked.flatMap(({ placeable: one }) => (one === null ? [] : [one]));
  const placements = await planPlacements(services, context, placeable);
  return joined([...looked, placements]);
}

interface Looked extends Finding {
  /** Null when its latency elsewhere cannot be told. */
  readonly placeable: DeploymentToPlace | null;
}

async function analyzeDeployment(
  services: AgentServices,
  context: CustomerContext,
  deployment: DeploymentView,
): Promise<Looked> {
  const { name } = deployment;
  const refuse = (reason: string): Looked => ({ ...found(reason), placeable: null });
  const observed = await observeDeployment(services, context, deployment);
  if (!observed.ok) return refuse(observed.reason);
  const { observation } = observed;
  const place = commonPlaceOf(observation);
  if (!place.ok) return refuse(place.reason);
  const fault = modelFault(observation, forecastFleet(observation, observation.instances.length));
  if (fault !== null) return refuse(`${name}: ${fault}`);
  const split = splitOnDemand(observation.instances, context.preferences);
  const commitments = await findCommitments(services, context, observation, place);
  const spot = await spotFinding(services, context, { observation, place, split });
  return {
    drafts: spot.drafts,
    findings: [...spot.findings, ...commitments],
    placeable: { observation, place, spotSavingsUsdPerMonth: savedBy(spot) },
  };
}

async function spotFinding(
  services: AgentServices,
  context: CustomerContext,
  parts: Pick<Parameters<typeof planSpot>[1], 'observation' | 'place' | 'split'>,
): Promise<Finding> {
  const { name } = parts.observation.deployment;
  if (parts.place.provider !== 'aws') return found(`${name}: spot plans exist for aws only`);
  if (parts.split.limit === 0) return found(`${name}: ${whyNone(parts.split, context)}`);
  return planSpot(services, { ...parts, context, type: 'spot_migration' });
}

function savedBy({ drafts }: Finding): number {
  return Math.max(0, ...drafts.map(({ forecast }) => forecast.savings_usd_per_month));
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
