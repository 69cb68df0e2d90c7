import type { ErrorCode } from '../../../contracts/errors.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { inDependencyOrder } from '../conflicts/dependency-graph.ts';
import { readGraph, refuseCycle } from '../conflicts/dependencies.ts';
import type { OrchestratorServices } from '../services.ts';
import { approveRecommendation, type Decision } from './decisions.ts';

/** What became of one of several recommendations. */
export type BulkApprovalItem =
  | {
      readonly recommendation_id: string;
      readonly status: 'approved';
      readonly optimization_id: string;
    }
  | {
      readonly recommendation_id: string;
      readonly status: 'refused';
      readonly code: ErrorCode;
      readonly detail: string;
    };

/**
 * Approves one after another, each after those it depends on; a refusal of one leaves the others their own fate.
 * @throws OptiInfraError `DEPENDENCY_CYCLE`, and then none is approved.
 */
export async function approveMany(
  services: OrchestratorServices,
  customerId: string,
  recommendationIds: readonly string[],
  decision: Decision,
): Promise<readonly BulkApprovalItem[]> {
  const results: BulkApprovalItem[] = [];
  const graph = await services.database.asCustomer(customerId, (trx) => readGraph(trx, customerId));
  refuseCycle(graph);
  for (const recommendationId of inDependencyOrder(recommendationIds, graph)) {
    results.push(await approveOne(services, customerId, recommendationId, decision));
  }
  return results;
}

async function approveOne(
  services: OrchestratorServices,
  customerId: string,
  recommendationId: string,
  decision: Decision,
): Promise<BulkApprovalItem> {
  try {
    const optimizationId = await approveRecommendation(services, customerId, recommendationId, decision);
    return { recommendation_id: recommendationId, status: 'approved', optimization_id: optimizationId };
  } catch (error) {
    // A store that is away fails the whole request; a refusal is this item's answer.
    if (!(error instanceof OptiInfraError) || error.code === 'DEPENDENCY_UNAVAILABLE') throw error;
    return {
      recommendation_id: recommendationId,
      status: 'refused',
      code: error.code,
      detail: error.message,
    };
  }
}
