import type { ExecutionOrder } from '../../../contracts/api/orchestration.ts';
import { TERMINAL_OPTIMIZATION_STATUSES } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { RolloutActivities, RolloutOrder } from '../contract.ts';
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
  const { optimization, recommendation, context, cloud_access: access } = order;
  const { plan } = recommendation;
  refuseUnless(
    !TERMINAL_OPTIMIZATION_STATUSES.includes(optimization.status),
    `optimization ${optimization.id} has already ended: ${optimization.status}`,
  );
  // The kind comes over the network: the type says what we know, not what was sent.
  refuseUnless(
    (plan.kind as string) === 'spot_migration',
    `plans of kind ${plan.kind} are not executed here`,
  );
  refuseUnless(access.iam_role_arn !== null, 'cloud_access.iam_role_arn: the customer gave no role');
  refuseUnless(plan.spot_nodes.length > 0, 'plan.spot_nodes: is empty');
  refuseUnless(plan.replace_instance_ids.length > 0, 'plan.replace_instance_ids: is empty');
  const running = new Set(
    context.instances
      .filter(({ state, deployment }) => state === 'running' && deployment === plan.deployment)
      .map(({ instance_id }) => instance_id),
  );
  const lost = [...plan.replace_instance_ids, ...plan.keep_instance_ids].filter((id) => !running.has(id));
  refuseUnless(lost.length === 0, `the plan names instances that no longer run: ${lost.join(', ')}`);
  return {
    optimizationId: optimization.id,
    customerId: context.customer_id,
    accountId: context.cloud.account_id,
    roleArn: access.iam_role_arn ?? '',
    region: plan.region,
    deployment: plan.deployment,
    instanceType: plan.instance_type,
    retiringIds: plan.replace_instance_ids,
    keptIds: plan.keep_instance_ids,
    spotNodes: plan.spot_nodes.map(({ zone, usd_per_hour }) => ({ zone, usdPerHour: usd_per_hour })),
    fallbackZones: plan.fallback_zones,
    promisedSavingsUsdPerMonth: recommendation.forecast.savings_usd_per_month,
    minimumOnDemandShare: context.preferences.minimum_on_demand_share,
    slo: context.preferences.slo,
    timeScale,
  };
}

function refuseUnless(holds: boolean, message: string): void {
  if (!holds) throw new OptiInfraError('INVALID_STATE', message);
}
