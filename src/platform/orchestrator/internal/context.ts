import type { CustomerContext, ExecutionOrder } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { unsealCloudAccess } from '../customers/credentials.ts';
import { readPreferences } from '../customers/preferences.ts';
import type { Sealing } from '../customers/sealing.ts';
import { readDeployments, readInstances } from '../inventory/store.ts';
import { viewDeployment, viewInstance } from '../inventory/views.ts';
import { findOptimization, viewOptimization } from '../optimizations/store.ts';
import { findRecommendation } from '../recommendations/store.ts';
import { viewRecommendations } from '../recommendations/views.ts';
import type { OrchestratorServices } from '../services.ts';

/** All an agent may know of a customer apart from telemetry. */
export async function customerContext(
  services: OrchestratorServices,
  customerId: string,
): Promise<CustomerContext> {
  return services.database.asCustomer(customerId, async (trx) => {
    const cloud = await trx
      .selectFrom('credentials')
      .select(['provider', 'region', 'account_id'])
      .where('customer_id', '=', customerId)
      .executeTakeFirst();
    const preferences = await readPreferences(trx, customerId);
    if (preferences === undefined) throw new OptiInfraError('NOT_FOUND', `No customer ${customerId}.`);
    if (cloud === undefined) {
      throw new OptiInfraError('INVALID_STATE', `Customer ${customerId} has connected no cloud yet.`);
    }
    return {
      customer_id: customerId,
      cloud,
      instances: (await readInstances(trx, customerId)).map(viewInstance),
      deployments: (await readDeployments(trx, customerId)).map(viewDeployment),
      preferences,
    };
  });
}

/** Everything the executor needs to begin: the order, its reason, the customer, and the way into his cloud. */
export async function executionOrder(
  services: OrchestratorServices & { readonly sealing: Sealing },
  optimizationId: string,
): Promise<ExecutionOrder> {
  const { optimization, recommendation } = await services.database.asSystem(async (trx) => {
    const row = await findOptimization(trx, optimizationId);
    if (row === undefined) throw new OptiInfraError('NOT_FOUND', `No optimization ${optimizationId}.`);
    const found = await findRecommendation(trx, row.recommendation_id);
    const [view] = found === undefined ? [] : await viewRecommendations(trx, [found]);
    if (view === undefined) {
      throw new OptiInfraError('INTERNAL', `Optimization ${optimizationId} has no recommendation.`);
    }
    return { optimization: await viewOptimization(trx, row), recommendation: view };
  });
  return {
    optimization,
    recommendation,
    context: await customerContext(services, optimization.customer_id),
    cloud_access: await unsealCloudAccess(services, optimization.customer_id),
  };
}
