import type { CloudAccess, ExecutionOrder } from '../../../contracts/api/orchestration.ts';
import { TERMINAL_OPTIMIZATION_STATUSES } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { CloudDoor, Place, RolloutActivities, RolloutOrder } from '../contract.ts';
import { partsOf, type PlanPart } from '../policy/parts.ts';
import type { RolloutDependencies } from './dependencies.ts';

/** Reads the order and refuses one that cannot be carried out as it stands. */
export function createOrderActivities({
  orchestrator,
  clock,
}: RolloutDependencies): Pick<RolloutActivities, 'loadOrder'> {
  return {
    loadOrder: async ({ optimizationId }) =>
      toRolloutOrder(await orchestrator.order(optimizationId), clock.timeScale),
  };
}

export function toRolloutOrder(order: ExecutionOrder, timeScale: number): RolloutOrder {
  const { optimization, recommendation, context, lease } = order;
  const { plan } = recommendation;
  refuseUnless(
    !TERMINAL_OPTIMIZATION_STATUSES.includes(optimization.status),
    `optimization ${optimization.id} has already ended: ${optimization.status}`,
  );
  refuseUnless(
    lease.optimization_id === optimization.id,
    `lease: is of ${lease.optimization_id}, not of ${optimization.id}`,
  );
  const doors = order.cloud_access.map((access) => toDoor(order, access));
  const parts = partsOf(plan);
  for (const place of parts.flatMap(placesOf)) {
    const known = doors.some(
      ({ provider, region }) => provider === place.provider && region === place.region,
    );
    refuseUnless(known, `cloud_access: none for ${place.provider} ${place.region}, which the plan touches`);
  }
  const memberIds = context.instances
    .filter(({ state, deployment }) => state === 'running' && deployment === plan.deployment)
    .map(({ instance_id }) => instance_id);
  const lost = parts.flatMap(namedBy).filter((id) => !memberIds.includes(id));
  refuseUnless(
    lost.length === 0,
    `the plan names instances that no longer run: ${[...new Set(lost)].join(', ')}`,
  );
  for (const part of parts) refuseImpossible(part, memberIds, plan.deployment);
  return {
    optimizationId: optimization.id,
    customerId: context.customer_id,
    deployment: plan.deployment,
    plan,
    doors,
    lease,
    memberIds,
    promisedSavingsUsdPerMonth: recommendation.forecast.savings_usd_per_month,
    minimumOnDemandShare: context.preferences.minimum_on_demand_share,
    slo: context.preferences.slo,
    timeScale,
  };
}

function toDoor({ context }: ExecutionOrder, access: CloudAccess): CloudDoor {
  const { provider, region, iam_role_arn: roleArn, service_account: serviceAccount } = access;
  const place = context.clouds.find((one) => one.provider === provider && one.region === region);
  refuseUnless(place !== undefined, `cloud_access: the customer has no account at ${provider} ${region}`);
  refuseUnless(
    provider !== 'aws' || roleArn !== null,
    'cloud_access.iam_role_arn: the customer gave no role',
  );
  refuseUnless(
    provider !== 'gcp' || serviceAccount !== null,
    'cloud_access.service_account: the customer gave no service account',
  );
  return { provider, region, account_id: place?.account_id ?? '', roleArn, serviceAccount };
}

function placesOf(part: PlanPart): readonly Place[] {
  return part.kind === 'placement' ? [part, part.target] : [part];
}

/** Instances that must run for the part to make sense. */
function namedBy(part: PlanPart): readonly string[] {
  switch (part.kind) {
    case 'spot_migration':
    case 'placement':
      return [...part.replace_instance_ids, ...part.keep_instance_ids];
    case 'configuration_change':
      return part.instance_ids;
    case 'scale_in':
      return [...part.retire_instance_ids, ...part.keep_instance_ids];
    case 'replacement':
      // The node it replaces may be gone already.
      return [];
  }
}

function refuseImpossible(part: PlanPart, memberIds: readonly string[], deployment: string): void {
  refuseUnless(part.deployment === deployment, `plan.parts: one is about ${part.deployment}`);
  if (part.kind === 'configuration_change') {
    refuseUnless(
      memberIds.length > 1,
      'plan.instance_ids: the only node of the deployment cannot be restarted without an outage',
    );
  }
  if (part.kind === 'scale_in' && part.reason === 'over_provisioned') {
    const kept = memberIds.filter((id) => !part.retire_instance_ids.includes(id));
    refuseUnless(kept.length > 0, 'plan.retire_instance_ids: nothing would serve the deployment any more');
  }
}

function refuseUnless(holds: boolean, message: string): void {
  if (!holds) throw new OptiInfraError('INVALID_STATE', message);
}
