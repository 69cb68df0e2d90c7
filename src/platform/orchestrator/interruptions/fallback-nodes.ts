import { sql } from 'kysely';

import { startInternalAnalysis } from '../analyses/internal-analysis.ts';
import { startLoop, type Loop } from '../loops.ts';
import { deploymentsUnderWay } from '../optimizations/leases.ts';
import type { OrchestratorServices, Trx } from '../services.ts';

const LOOK_EVERY_MS = 2_000;
/** World time between two questions whether spot has capacity again. */
const ASK_EVERY_WORLD_MS = 600_000;
/** The executor tags so what it started on demand because no spot pool had capacity. */
const FALLBACK_TAG = 'optiinfra:fallback';

interface FallbackNode {
  readonly instance_id: string;
  readonly customer_id: string;
  readonly deployment: string | null;
}

/** Asks the cost agent again and again whether nodes that run on demand for want of spot capacity can go back. */
export function startFallbackSweep(services: OrchestratorServices): Loop {
  return startLoop(services, {
    name: 'fallback nodes',
    intervalMs: LOOK_EVERY_MS,
    round: () => sweepFallbackNodes(services),
  });
}

async function sweepFallbackNodes(services: OrchestratorServices): Promise<void> {
  const nodes = await services.database.asSystem(readFallbackNodes);
  const customers = new Set(nodes.map(({ customer_id }) => customer_id));
  for (const customerId of customers) {
    const own = nodes.filter(({ customer_id }) => customer_id === customerId);
    const asked = await services.database.asCustomer(customerId, (trx) =>
      askAbout(services, trx, customerId, own),
    );
    if (asked) services.flow.signals.notify('tasks');
  }
}

async function readFallbackNodes(trx: Trx): Promise<readonly FallbackNode[]> {
  return trx
    .selectFrom('instances')
    .select(['instance_id', 'customer_id', 'deployment'])
    .where('state', '=', 'running')
    .where('lifecycle', '=', 'on_demand')
    .where(sql<string>`tags ->> ${FALLBACK_TAG}`, '=', 'spot')
    .orderBy('customer_id')
    .orderBy('instance_id')
    .execute();
}

async function askAbout(
  services: OrchestratorServices,
  trx: Trx,
  customerId: string,
  nodes: readonly FallbackNode[],
): Promise<boolean> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`fallback:${customerId}`}, 0))`.execute(trx);
  if (await askedLately(services, trx, customerId)) return false;
  const busy = new Set([
    ...(await deploymentsUnderWay(trx, customerId)),
    ...(await deploymentsOffered(trx, customerId)),
  ]);
  const idle = nodes.filter(({ deployment }) => deployment !== null && !busy.has(deployment));
  if (idle.length === 0) return false;
  await startInternalAnalysis(services, trx, {
    customerId,
    agentType: 'cost',
    trigger: { kind: 'fallback_nodes', instance_ids: idle.map(({ instance_id }) => instance_id) },
  });
  return true;
}

/** An analysis that still waits for an agent counts as well: a second one would ask the same. */
async function askedLately(services: OrchestratorServices, trx: Trx, customerId: string): Promise<boolean> {
  const since = new Date(services.clock.worldMs() - ASK_EVERY_WORLD_MS);
  const row = await trx
    .selectFrom('analyses')
    .select('id')
    .where('customer_id', '=', customerId)
    .where(sql<string>`trigger ->> 'kind'`, '=', 'fallback_nodes')
    .where((analysis) =>
      analysis.or([analysis('status', '=', 'started'), analysis('world_created_at', '>', since)]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Where the answer to an earlier question still stands. */
async function deploymentsOffered(trx: Trx, customerId: string): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('recommendations')
    .select('plan')
    .where('customer_id', '=', customerId)
    .where('type', '=', 'return_to_spot')
    .where('status', 'in', ['pending', 'validated'])
    .where('vetoed', '=', false)
    .execute();
  return rows.map(({ plan }) => plan.deployment);
}
