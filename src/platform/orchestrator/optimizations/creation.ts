import { stepsOf, type OptimizationPlan } from '../../../contracts/api/recommendations.ts';
import type { OrchestratorServices, Trx } from '../services.ts';

/** Queues the optimization of an approved recommendation; it waits for its deployment and for what it depends on. */
export async function createOptimization(
  services: OrchestratorServices,
  trx: Trx,
  recommendation: { readonly id: string; readonly customer_id: string; readonly plan: OptimizationPlan },
  actor: string,
): Promise<string> {
  const id = services.ids('opt');
  const { customer_id: customerId, plan } = recommendation;
  await trx
    .insertInto('optimizations')
    .values({
      id,
      customer_id: customerId,
      recommendation_id: recommendation.id,
      deployment: plan.deployment,
      status: 'queued',
      created_at: new Date(services.clock.wallMs()),
    })
    .execute();
  await trx
    .insertInto('optimization_steps')
    .values(
      stepsOf(plan).map((name, index) => ({
        optimization_id: id,
        name,
        customer_id: customerId,
        step_order: index + 1,
        status: 'pending' as const,
      })),
    )
    .execute();
  await services.audit.append(trx, {
    customerId,
    actor,
    action: 'optimization.queued',
    subject: id,
    data: { recommendation_id: recommendation.id },
  });
  return id;
}
