import { sql } from 'kysely';

import type { Lease } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices, Trx } from '../services.ts';

/** What wants to change a deployment. */
export interface Claimant {
  readonly id: string;
  readonly customer_id: string;
  readonly deployment: string;
}

/**
 * Takes the deployment for one optimization, or finds that it has it already. The fencing token grows with every new
 * holder, so that whoever held it before is recognised by its smaller one. Undefined: somebody else holds it.
 */
export async function acquireLease(
  services: Pick<OrchestratorServices, 'clock' | 'audit'>,
  trx: Trx,
  claimant: Claimant,
): Promise<Lease | undefined> {
  const now = new Date(services.clock.worldMs());
  const taken = await trx
    .insertInto('deployment_leases')
    .values({
      customer_id: claimant.customer_id,
      deployment: claimant.deployment,
      optimization_id: claimant.id,
      fencing_token: 1,
      world_acquired_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['customer_id', 'deployment'])
        .doUpdateSet({
          optimization_id: claimant.id,
          fencing_token: sql<number>`deployment_leases.fencing_token + 1`,
          world_acquired_at: now,
          world_released_at: null,
        })
        .where('deployment_leases.optimization_id', 'is', null),
    )
    .returning('fencing_token')
    .executeTakeFirst();
  if (taken !== undefined) {
    await services.audit.append(trx, {
      customerId: claimant.customer_id,
      actor: 'service',
      action: 'lease.acquired',
      subject: claimant.id,
      data: { deployment: claimant.deployment, fencing_token: taken.fencing_token },
    });
  }
  const held = taken ?? (await heldBy(trx, claimant.id));
  return held === undefined ? undefined : { optimization_id: claimant.id, fencing_token: held.fencing_token };
}

async function heldBy(trx: Trx, optimizationId: string): Promise<{ fencing_token: number } | undefined> {
  return trx
    .selectFrom('deployment_leases')
    .select('fencing_token')
    .where('optimization_id', '=', optimizationId)
    .executeTakeFirst();
}

/** @throws OptiInfraError `STALE_LEASE` when the optimization holds nothing: it waits still, or has ended. */
export async function requireHeldLease(trx: Trx, optimizationId: string): Promise<Lease> {
  const held = await heldBy(trx, optimizationId);
  if (held !== undefined) return { optimization_id: optimizationId, fencing_token: held.fencing_token };
  throw new OptiInfraError('STALE_LEASE', `Optimization ${optimizationId} does not hold its deployment.`);
}

/** Gives the deployment back; the token stays, and the next holder gets a larger one. */
export async function releaseLease(
  services: Pick<OrchestratorServices, 'clock' | 'audit'>,
  trx: Trx,
  optimizationId: string,
): Promise<void> {
  const released = await trx
    .updateTable('deployment_leases')
    .set({ optimization_id: null, world_released_at: new Date(services.clock.worldMs()) })
    .where('optimization_id', '=', optimizationId)
    .returning(['customer_id', 'deployment', 'fencing_token'])
    .executeTakeFirst();
  if (released === undefined) return;
  const { customer_id: customerId, ...data } = released;
  await services.audit.append(trx, {
    customerId,
    actor: 'service',
    action: 'lease.released',
    subject: optimizationId,
    data,
  });
}

/**
 * Lets a writer through who holds the deployments he names, and keeps the leases from changing hands until the
 * transaction ends.
 * @throws OptiInfraError `STALE_LEASE`
 */
export async function checkLease(
  trx: Trx,
  customerId: string,
  deployments: readonly string[],
  lease: Lease,
): Promise<void> {
  const rows = await trx
    .selectFrom('deployment_leases')
    .select(['deployment', 'optimization_id', 'fencing_token'])
    .where('customer_id', '=', customerId)
    .where('deployment', 'in', [...deployments])
    .orderBy('deployment')
    .forUpdate()
    .execute();
  for (const deployment of deployments) {
    const row = rows.find((candidate) => candidate.deployment === deployment);
    const holds = row?.optimization_id === lease.optimization_id && row.fencing_token === lease.fencing_token;
    if (holds) continue;
    const holder = row?.optimization_id ?? 'nobody';
    const newest = row === undefined ? 'none' : String(row.fencing_token);
    throw new OptiInfraError(
      'STALE_LEASE',
      `Optimization ${lease.optimization_id} wrote with token ${String(lease.fencing_token)}, but ${deployment} is held by ${holder} (newest token: ${newest}).`,
    );
  }
}

/** Deployments that an optimization holds or waits for: whatever happens there is its business. */
export async function deploymentsUnderWay(trx: Trx, customerId: string): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom('optimizations')
    .select('deployment')
    .where('customer_id', '=', customerId)
    .where('finished_at', 'is', null)
    .execute();
  return new Set(rows.map(({ deployment }) => deployment));
}

/** True when the deployment was held at some moment since `worldTime`. */
export async function wasHeldSince(
  trx: Trx,
  customerId: string,
  deployment: string,
  worldTime: Date,
): Promise<boolean> {
  const row = await trx
    .selectFrom('deployment_leases')
    .select('deployment')
    .where('customer_id', '=', customerId)
    .where('deployment', '=', deployment)
    .where((lease) =>
      lease.or([lease('world_released_at', 'is', null), lease('world_released_at', '>=', worldTime)]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** When each deployment was last given back, in world time; one that is held now, or never was, is not named. */
export async function lastReleases(trx: Trx, customerId: string): Promise<ReadonlyMap<string, Date>> {
  const rows = await trx
    .selectFrom('deployment_leases')
    .select(['deployment', 'world_released_at'])
    .where('customer_id', '=', customerId)
    .execute();
  return new Map(
    rows.flatMap(({ deployment, world_released_at: at }) => (at === null ? [] : [[deployment, at] as const])),
  );
}
