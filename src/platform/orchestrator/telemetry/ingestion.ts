import type { TelemetryBatch, TelemetryResponse } from '../../../contracts/api/agent-runtime.ts';
import type { Lifecycle } from '../../../contracts/api/common.ts';
import { toTimestamp } from '../../../support/clock.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices } from '../services.ts';
import { sha256 } from './connect.ts';
import { insertBatch } from './telemetry-store.ts';

/**
 * Stores a batch once. The order makes a death at any moment harmless: first ClickHouse under the batch's token, then
 * the receipt in PostgreSQL. Without the receipt the batch comes again, and the token skips what is stored already;
 * with it, even a delivery long after ClickHouse forgot the token is known.
 */
export async function ingestBatch(
  services: OrchestratorServices,
  customerId: string,
  batch: TelemetryBatch,
): Promise<TelemetryResponse> {
  const digest = sha256(JSON.stringify(batch));
  const receipt = await readReceipt(services, customerId, batch.batch_id);
  if (receipt !== undefined) return acknowledgeAgain(batch.batch_id, digest, receipt);
  await insertBatch(services.clickhouse, customerId, batch, await lifecyclesOf(services, customerId, batch));
  const first = await writeReceipt(services, customerId, batch, digest);
  return first ? { accepted: batch.requests.length, duplicate: false } : { accepted: 0, duplicate: true };
}

function acknowledgeAgain(batchId: string, digest: string, known: string | null): TelemetryResponse {
  if (known === null || known === digest) return { accepted: 0, duplicate: true };
  throw new OptiInfraError(
    'ALREADY_EXISTS',
    `batch_id: ${batchId} was used before for other records; none of these were stored.`,
  );
}

async function readReceipt(
  services: OrchestratorServices,
  customerId: string,
  batchId: string,
): Promise<string | null | undefined> {
  const row = await services.database.asCustomer(customerId, (trx) =>
    trx
      .selectFrom('telemetry_batches')
      .select('digest')
      .where('customer_id', '=', customerId)
      .where('batch_id', '=', batchId)
      .where('status', '=', 'stored')
      .executeTakeFirst(),
  );
  return row?.digest;
}

async function writeReceipt(
  services: OrchestratorServices,
  customerId: string,
  batch: TelemetryBatch,
  digest: string,
): Promise<boolean> {
  const now = toTimestamp(services.clock.wallMs());
  const result = await services.database.asCustomer(customerId, (trx) =>
    trx
      .insertInto('telemetry_batches')
      .values({
        customer_id: customerId,
        batch_id: batch.batch_id,
        digest,
        status: 'stored',
        requests: batch.requests.length,
        received_at: now,
        stored_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst(),
  );
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0;
}

/** Lifecycle of each instance, kept in memory until the next inventory or the first unknown instance. */
async function lifecyclesOf(
  services: OrchestratorServices,
  customerId: string,
  batch: TelemetryBatch,
): Promise<ReadonlyMap<string, Lifecycle>> {
  const cached = services.flow.lifecycles.get(customerId);
  if (cached !== undefined && batch.requests.every(({ instance_id }) => cached.has(instance_id)))
    return cached;
  const rows = await services.database.asCustomer(customerId, (trx) =>
    trx
      .selectFrom('instances')
      .select(['instance_id', 'lifecycle'])
      .where('customer_id', '=', customerId)
      .execute(),
  );
  const read = new Map(rows.map(({ instance_id, lifecycle }) => [instance_id, lifecycle]));
  services.flow.lifecycles.set(customerId, read);
  return read;
}

/** Receipts are kept for a day: a runtime that buffers gives up long before. */
const RECEIPT_LIFETIME_MS = 24 * 3_600_000;

export async function forgetOldReceipts(services: OrchestratorServices): Promise<void> {
  const before = new Date(services.clock.wallMs() - RECEIPT_LIFETIME_MS);
  await services.database.asSystem((trx) =>
    trx.deleteFrom('telemetry_batches').where('received_at', '<', before).execute(),
  );
}
