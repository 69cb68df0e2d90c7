import type { InfrastructureResponse } from '../../../contracts/api/customers.ts';
import type { OrchestratorServices } from '../services.ts';
import { costOfFleet } from './cost.ts';
import { readDeployments, readInstances } from './store.ts';
import { viewDeployment, viewInstance } from './views.ts';

/** The customer's infrastructure as last discovered; `pending` until a first inventory arrived. */
export async function readInfrastructure(
  services: Pick<OrchestratorServices, 'database'>,
  customerId: string,
): Promise<InfrastructureResponse> {
  return services.database.asCustomer(customerId, async (trx) => {
    const everSeen = await readInstances(trx, customerId, { includeTerminated: true });
    const deployments = await readDeployments(trx, customerId);
    const present = everSeen.filter(({ state }) => state !== 'terminated');
    return {
      status: everSeen.length === 0 && deployments.length === 0 ? 'pending' : 'discovered',
      instances: present.map(viewInstance),
      vllm_deployments: deployments.map(viewDeployment),
      monthly_cost: costOfFleet(present).monthlyCostUsd,
    };
  });
}
