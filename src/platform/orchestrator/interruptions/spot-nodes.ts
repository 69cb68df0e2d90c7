import { sql } from 'kysely';

import { startInternalAnalysis } from '../analyses/internal-analysis.ts';
import type { InstanceRow, PricedInstance } from '../inventory/store.ts';
import { wasHeldSince } from '../optimizations/leases.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { spotLosses, type Loss } from './losses.ts';

export interface Inventories {
  readonly customerId: string;
  readonly before: readonly InstanceRow[];
  readonly now: readonly PricedInstance[];
  /** World time of the inventory before; null for the first one. */
  readonly lastSeen: Date | null;
}

/**
 * Asks the cost agent for a replacement of every spot node that the cloud takes back, once a node. While an optimization
 * holds the deployment, its rollout replaces the node; what it ended itself is no loss.
 */
export async function watchSpotNodes(
  services: OrchestratorServices,
  trx: Trx,
  { customerId, before, now, lastSeen }: Inventories,
): Promise<void> {
  for (const loss of spotLosses(before, now)) {
    if (await wasHeldSince(trx, customerId, loss.deployment, heldSince(services, loss, lastSeen))) continue;
    if (await wasAskedFor(trx, customerId, loss)) continue;
    await startInternalAnalysis(services, trx, {
      customerId,
      agentType: 'cost',
      trigger: { kind: 'interruption', instance_id: loss.instanceId },
    });
  }
}

/**
 * A node that vanishes may have been ended by an optimization that has just given its lease back; one that the cloud had
 * announced was not, so that only an optimization that still holds the deployment is there to replace it.
 */
function heldSince(services: OrchestratorServices, loss: Loss, lastSeen: Date | null): Date {
  const mayBeOurs = loss.kind === 'gone' && !loss.announcedBefore;
  return mayBeOurs && lastSeen !== null ? lastSeen : new Date(services.clock.worldMs());
}

async function wasAskedFor(trx: Trx, customerId: string, { instanceId }: Loss): Promise<boolean> {
  const row = await trx
    .selectFrom('analyses')
    .select('id')
    .where('customer_id', '=', customerId)
    .where(sql<string>`trigger ->> 'kind'`, '=', 'interruption')
    .where(sql<string>`trigger ->> 'instance_id'`, '=', instanceId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
