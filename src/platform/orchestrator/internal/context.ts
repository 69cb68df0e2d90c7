import type { DeploymentView } from '../../../contracts/api/customers.ts';
import type { CustomerContext, ExecutionOrder } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { readPlaces, unsealCloudAccess } from '../customers/credentials.ts';
import { readPreferences } from '../customers/preferences.ts';
import type { Sealing } from '../customers/sealing.ts';
import { readDeployments, readInstances } from '../inventory/store.ts';
import { viewDeployment, viewInstance } from '../inventory/views.ts';
import { lastReleases, requireHeldLease } from '../optimizations/leases.ts';
import { findOptimization, viewOptimization } from '../optimizations/store.ts';
import { placesOf } from '../recommendations/plans.ts';
import { findRecommendation } from '../recommendations/store.ts';
import { viewRecommendations } from '../recommendations/views.ts';
import type { OrchestratorServices } from '../services.ts';

/** All an agent may know of a customer apart from telemetry. */
export async function customerContext(
  services: OrchestratorServices,
  customerId: string,
): Promise<CustomerContext> {
  return services.database.asCustomer(customerId, async (trx) => {
    const clouds = await readPlaces(trx, customerId);
    const [cloud] = clouds;
    const preferences = await readPreferences(trx, customerId);
    if (preferences === undefined) throw new OptiInfraError('NOT_FOUND', `No customer ${customerId}.`);
    if (cloud === undefined) {
      throw new OptiInfraError('INVALID_STATE', `Customer ${customerId} has connected no cloud yet.`);
    }
    return {
      customer_id: customerId,
      cloud,
      clouds,
      instances: (await readInstances(trx, customerId)).map(viewInstance),
      deployments: withLastChanges(
        (await readDeployments(trx, customerId)).map(viewDeployment),
        await lastReleases(trx, customerId),
      ),
      preferences,
    };
  });
}

function withLastChanges(
  deployments: readonly DeploymentView[],
  releases: ReadonlyMap<string, Date>,
): readonly DeploymentView[] {
  return deployments.map((deployment) => {
    const at = releases.get(deployment.name);
    return at === undefined ? deployment : { ...deployment, unchanged_since: at.toISOString() };
  });
}

/** Everything the executor needs to begin: the order, its reason, the customer, and the way into his cloud. */
export async function executionOrder(
  services: OrchestratorServices & { readonly sealing: Sealing },
  optimizationId: string,
): Promise<ExecutionOrder> {
  const { optimization, recommendation, lease } = await services.database.asSystem(async (trx) => {
    const row = await findOptimization(trx, optimizationId);
    if (row === undefined) throw new OptiInfraError('NOT_FOUND', `No optimization ${optimizationId}.`);
    const found = await findRecommendation(trx, row.recommendation_id);
    const [view] = found === undefined ? [] : await viewRecommendations(trx, [found]);
    if (view === undefined) {
      throw new OptiInfraError('INTERNAL', `Optimization ${optimizationId} has no recommendation.`);
    }
    const held = await requireHeldLease(trx, optimizationId);
    return { optimization: await viewOptimization(trx, row), recommendation: view, lease: held };
  });
  return {
    optimization,
    recommendation,
    context: await customerContext(services, optimization.customer_id),
    cloud_access: await Promise.all(
      placesOf(recommendation.plan).map((place) =>
        unsealCloudAccess(services, optimization.customer_id, place),
      ),
    ),
    lease,
  };
}
