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
    const since = loss.kind === 'gone' && lastSeen !== null ? lastSeen : new Date(services.clock.worldMs());
    if (await wasHeldSince(trx, customerId, loss.deployment, since)) continue;
    if (await wasAskedFor(trx, customerId, loss)) continue;
    await startInternalAnalysis(services, trx, {
      customerId,
      agentType: 'cost',
      trigger: { kind: 'interruption', instance_id: loss.instanceId },
    });
  }
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
