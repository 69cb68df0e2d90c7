import { MIGRATION_STEPS, type MigrationPlan } from '../../../contracts/api/recommendations.ts';
import type { OrchestratorServices, Trx } from '../services.ts';

/** The steps of each kind of plan, in order. */
const STEPS: Readonly<Record<MigrationPlan['kind'], readonly string[]>> = {
  spot_migration: MIGRATION_STEPS,
};

/** Queues the optimization of an approved recommendation; the dispatcher owes it to the executor from here on. */
export async function createOptimization(
  services: OrchestratorServices,
  trx: Trx,
  recommendation: { readonly id: string; readonly customer_id: string; readonly plan: MigrationPlan },
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
      status: 'queued',
      created_at: new Date(services.clock.wallMs()),
    })
    .execute();
  await trx
    .insertInto('optimization_steps')
    .values(
      STEPS[plan.kind].map((name, index) => ({
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
