import { sql } from 'kysely';

import { OptiInfraError } from '../../../support/errors.ts';
import { invalidField } from '../../kit/invalid-field.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { describeCycle, findCycle, type DependencyGraph } from './dependency-graph.ts';

/** Who waits for whom among all of a customer's recommendations. */
export async function readGraph(trx: Trx, customerId: string): Promise<DependencyGraph> {
  const rows = await trx
    .selectFrom('recommendation_dependencies')
    .select(['recommendation_id', 'depends_on'])
    .where('customer_id', '=', customerId)
    .execute();
  const graph = new Map<string, string[]>();
  for (const { recommendation_id, depends_on } of rows) {
    graph.set(recommendation_id, [...(graph.get(recommendation_id) ?? []), depends_on]);
  }
  return graph;
}

/** @throws OptiInfraError `DEPENDENCY_CYCLE`, naming the circle. */
export function refuseCycle(graph: DependencyGraph): void {
  const cycle = findCycle(graph);
  if (cycle === undefined) return;
  throw new OptiInfraError('DEPENDENCY_CYCLE', `They would wait for each other: ${describeCycle(cycle)}.`);
}

/**
 * Says what an open recommendation waits for, in place of what was said before.
 * @throws OptiInfraError `DEPENDENCY_CYCLE`, `ALREADY_DECIDED`, or `VALIDATION_FAILED` for a dependency nobody knows.
 */
export async function setDependencies(
  services: OrchestratorServices,
  customerId: string,
  recommendationId: string,
  change: { readonly dependsOn: readonly string[]; readonly actor: string },
): Promise<readonly string[]> {
  const dependsOn = [...new Set(change.dependsOn)].sort();
  await services.database.asCustomer(customerId, async (trx) => {
    // Two halves of one circle must not be written at once.
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`dependencies:${customerId}`}, 0))`.execute(
      trx,
    );
    await requireOpen(services, trx, recommendationId);
    await requireKnown(trx, customerId, dependsOn);
    refuseCycle(new Map([...(await readGraph(trx, customerId)), [recommendationId, dependsOn]]));
    await trx
      .deleteFrom('recommendation_dependencies')
      .where('recommendation_id', '=', recommendationId)
      .execute();
    await addDependencies(trx, customerId, recommendationId, dependsOn);
    await services.audit.append(trx, {
      customerId,
      actor: change.actor,
      action: 'recommendation.dependencies',
      subject: recommendationId,
      data: { depends_on: dependsOn },
    });
  });
  return dependsOn;
}

export async function addDependencies(
  trx: Trx,
  customerId: string,
  recommendationId: string,
  dependsOn: readonly string[],
): Promise<void> {
  if (dependsOn.length === 0) return;
  await trx
    .insertInto('recommendation_dependencies')
    .values(
      dependsOn.map((needed) => ({
        customer_id: customerId,
        recommendation_id: recommendationId,
        depends_on: needed,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function requireOpen(services: OrchestratorServices, trx: Trx, id: string): Promise<void> {
  const row = await trx
    .selectFrom('recommendations')
    .select(['status', 'expires_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new OptiInfraError('NOT_FOUND', `No recommendation ${id}.`);
  const undecided = row.status === 'pending' || row.status === 'validated';
  if (undecided && services.clock.wallMs() < row.expires_at.getTime()) return;
  const state = undecided ? 'expired' : row.status;
  throw new OptiInfraError('ALREADY_DECIDED', `Recommendation ${id} is ${state}.`);
}

async function requireKnown(trx: Trx, customerId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await trx
    .selectFrom('recommendations')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('id', 'in', [...ids])
    .execute();
  const unknown = ids.find((id) => !rows.some((row) => row.id === id));
  if (unknown !== undefined) throw invalidField('body.depends_on', `names ${unknown}, which nobody knows`);
}
