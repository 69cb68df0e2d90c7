import { sql } from 'kysely';

import type { ExecutionRequest } from '../../../contracts/api/orchestration.ts';
import { describeError } from '../../../support/errors.ts';
import { startLoop, type Loop } from '../loops.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { backoffMs } from '../tasks/retry.ts';
import { failUnmeetable } from './dependencies.ts';
import { callExecutor } from './executor-client.ts';
import { acquireLease, type Claimant } from './leases.ts';
import { lockOptimization, type OptimizationRow } from './store.ts';

const LOOK_EVERY_MS = 500;
const ORDERS_A_ROUND = 20;

interface OwedOrder {
  readonly id: string;
  readonly delivery_attempts: number;
}

/**
 * Hands approved optimizations to the executor until it has taken each; the executor starts each once. An order goes
 * out when its deployment is free and everything it depends on has completed.
 */
export function startExecutionDelivery(services: OrchestratorServices): Loop {
  return startLoop(services, {
    name: 'deliveries',
    topic: 'deliveries',
    intervalMs: LOOK_EVERY_MS,
    round: () => deliverOwed(services),
  });
}

async function deliverOwed(services: OrchestratorServices): Promise<void> {
  await failUnmeetable(services);
  const nowMs = services.clock.wallMs();
  for (const claimant of await services.database.asSystem((trx) => readDue(trx, nowMs))) {
    // Lease and attempt are written before the call: from then on a cancellation has to ask the executor.
    const order = await services.database.asSystem((trx) => claim(services, trx, claimant, nowMs));
    if (order !== undefined) await deliver(services, order);
  }
}

/** Undefined: another process was first, it was cancelled, or somebody else has just taken the deployment. */
async function claim(
  services: OrchestratorServices,
  trx: Trx,
  claimant: Claimant,
  nowMs: number,
): Promise<OwedOrder | undefined> {
  const row = await lockOptimization(trx, claimant.id);
  const owed = row?.status === 'queued' && row.delivered_at === null && isDue(row, nowMs);
  if (!owed || (await acquireLease(services, trx, claimant)) === undefined) return undefined;
  return trx
    .updateTable('optimizations')
    .set({
      delivery_attempts: sql<number>`delivery_attempts + 1`,
      // Should this process die in the call, the order is due again by itself.
      next_delivery_at: new Date(nowMs + 10_000),
    })
    .where('id', '=', claimant.id)
    .returning(['id', 'delivery_attempts'])
    .executeTakeFirst();
}

function isDue({ next_delivery_at }: OptimizationRow, nowMs: number): boolean {
  return next_delivery_at === null || next_delivery_at.getTime() <= nowMs;
}

/** Oldest first, so that a deployment goes to who asked first; what cannot go now does not crowd out what can. */
async function readDue(trx: Trx, nowMs: number): Promise<readonly Claimant[]> {
  return trx
    .selectFrom('optimizations')
    .select(['id', 'customer_id', 'deployment'])
    .where('delivered_at', 'is', null)
    .where('status', '=', 'queued')
    .where((row) =>
      row.or([row('next_delivery_at', 'is', null), row('next_delivery_at', '<=', new Date(nowMs))]),
    )
    .where((row) => row.not(row.exists(heldBySomebodyElse)))
    .where((row) => row.not(row.exists(unfinishedDependency)))
    .orderBy('created_at')
    .orderBy('id')
    .limit(ORDERS_A_ROUND)
    .execute();
}

const heldBySomebodyElse = sql`(
  SELECT 1 FROM deployment_leases AS lease
  WHERE lease.customer_id = optimizations.customer_id AND lease.deployment = optimizations.deployment
    AND lease.optimization_id <> optimizations.id
)`;

const unfinishedDependency = sql`(
  SELECT 1 FROM recommendation_dependencies AS dependency
  JOIN recommendations AS needed ON needed.id = dependency.depends_on
  WHERE dependency.recommendation_id = optimizations.recommendation_id AND needed.status <> 'completed'
)`;

async function deliver(services: OrchestratorServices, order: OwedOrder): Promise<void> {
  const request: ExecutionRequest = { optimization_id: order.id };
  try {
    await callExecutor(services, '', request);
  } catch (error) {
    services.logger.warn(
      { optimization_id: order.id, error: describeError(error) },
      'the executor did not take it',
    );
    const nextMs = services.clock.wallMs() + backoffMs(order.delivery_attempts);
    await update(services, order.id, { next_delivery_at: new Date(nextMs) });
    return;
  }
  await update(services, order.id, { delivered_at: new Date(services.clock.wallMs()) });
}

async function update(
  services: OrchestratorServices,
  id: string,
  change: { readonly delivered_at: Date } | { readonly next_delivery_at: Date },
): Promise<void> {
  await services.database.asSystem((trx) =>
    trx
      .updateTable('optimizations')
      .set(change)
      .where('id', '=', id)
      .where('delivered_at', 'is', null)
      .execute(),
  );
}
