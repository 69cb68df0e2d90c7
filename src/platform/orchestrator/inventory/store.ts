import { sql, type Selectable } from 'kysely';

import type { DeploymentReport, InstanceReport } from '../../../contracts/api/agent-runtime.ts';
import { toTimestamp } from '../../../support/clock.ts';
import type { DeploymentsTable, InstancesTable } from '../database/operation-rows.ts';
import type { Trx } from '../services.ts';

export type InstanceRow = Selectable<InstancesTable>;
export type DeploymentRow = Selectable<DeploymentsTable>;

export interface PricedInstance extends InstanceReport {
  readonly usdPerHour: number;
  readonly deployment: string | null;
}

/** The customer's instances; those that have gone are left out unless asked for. */
export async function readInstances(
  trx: Trx,
  customerId: string,
  options: { readonly includeTerminated: boolean } = { includeTerminated: false },
): Promise<InstanceRow[]> {
  const query = trx.selectFrom('instances').selectAll().where('customer_id', '=', customerId);
  const chosen = options.includeTerminated ? query : query.where('state', '<>', 'terminated');
  return chosen.orderBy('launched_at').orderBy('instance_id').execute();
}

export async function readDeployments(trx: Trx, customerId: string): Promise<DeploymentRow[]> {
  return trx
    .selectFrom('deployments')
    .selectAll()
    .where('customer_id', '=', customerId)
    .orderBy('name')
    .execute();
}

export async function upsertInstances(
  trx: Trx,
  customerId: string,
  observedAtMs: number,
  instances: readonly PricedInstance[],
): Promise<void> {
  if (instances.length === 0) return;
  const rows = instances.map((instance) => ({
    customer_id: customerId,
    instance_id: instance.instance_id,
    provider: instance.provider,
    region: instance.region,
    zone: instance.zone,
    instance_type: instance.instance_type,
    lifecycle: instance.lifecycle,
    state: instance.state,
    ready: instance.ready,
    usd_per_hour: instance.usdPerHour,
    tags: JSON.stringify(instance.tags),
    deployment: instance.deployment,
    launched_at: toTimestamp(instance.launched_at_ms),
    interruption_at: instance.interruption_at_ms === null ? null : toTimestamp(instance.interruption_at_ms),
    observed_at: toTimestamp(observedAtMs),
  }));
  await trx
    .insertInto('instances')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['customer_id', 'instance_id']).doUpdateSet((row) => ({
        state: row.ref('excluded.state'),
        ready: row.ref('excluded.ready'),
        usd_per_hour: row.ref('excluded.usd_per_hour'),
        tags: row.ref('excluded.tags'),
        deployment: row.ref('excluded.deployment'),
        interruption_at: row.ref('excluded.interruption_at'),
        observed_at: row.ref('excluded.observed_at'),
      })),
    )
    .execute();
}

/** What is absent from an inventory has gone. */
export async function terminateAbsent(
  trx: Trx,
  customerId: string,
  observedAtMs: number,
  present: readonly string[],
): Promise<void> {
  const query = trx
    .updateTable('instances')
    .set({ state: 'terminated', ready: false, observed_at: toTimestamp(observedAtMs) })
    .where('customer_id', '=', customerId)
    .where('state', '<>', 'terminated');
  await (present.length === 0 ? query : query.where('instance_id', 'not in', [...present])).execute();
}

export async function replaceDeployments(
  trx: Trx,
  customerId: string,
  observedAtMs: number,
  deployments: readonly DeploymentReport[],
): Promise<void> {
  await trx.deleteFrom('deployments').where('customer_id', '=', customerId).execute();
  if (deployments.length === 0) return;
  await trx
    .insertInto('deployments')
    .values(
      deployments.map((deployment) => ({
        customer_id: customerId,
        name: deployment.name,
        model: deployment.model,
        engine_configuration: JSON.stringify(deployment.engine_configuration),
        engine_configurations:
          deployment.engine_configurations === undefined
            ? null
            : JSON.stringify(deployment.engine_configurations),
        instance_ids: JSON.stringify(deployment.instance_ids),
        weights: JSON.stringify(deployment.weights),
        observed_at: toTimestamp(observedAtMs),
      })),
    )
    .execute();
}

/** World time of the newest inventory that was taken in. The lock makes two deliveries at once take turns. */
export async function lockLatestObservation(trx: Trx, customerId: string): Promise<Date | null> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`inventory:${customerId}`}, 0))`.execute(trx);
  const row = await trx
    .selectFrom('instances')
    .select((select) => select.fn.max<Date | null>('observed_at').as('latest'))
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  return row?.latest ?? null;
}
