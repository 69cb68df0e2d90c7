import type { Selectable } from 'kysely';

import type { ConflictResolution } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { ResolutionsTable } from '../database/decision-rows.ts';
import type { Trx } from '../services.ts';

export type ResolutionRow = Selectable<ResolutionsTable>;

export async function insertResolution(
  trx: Trx,
  resolution: ConflictResolution,
  recommendationIds: readonly string[],
  nowMs: number,
): Promise<void> {
  await trx
    .insertInto('resolutions')
    .values({
      id: resolution.resolution_id,
      customer_id: resolution.customer_id,
      recommendation_ids: JSON.stringify(recommendationIds),
      strategy: resolution.resolution_strategy,
      payload: JSON.stringify(resolution),
      reasons: JSON.stringify(resolution.reasons),
      hybrid_recommendation_id: resolution.hybrid_recommendation_id ?? null,
      created_at: new Date(nowMs),
    })
    .execute();
}

/** @throws OptiInfraError `NOT_FOUND` */
export async function findResolution(trx: Trx, customerId: string, id: string): Promise<ResolutionRow> {
  const row = await resolutionQuery(trx, customerId, id).executeTakeFirst();
  return row ?? missing(id);
}

/** Executions of one resolution take turns on its row. */
export async function lockResolution(trx: Trx, customerId: string, id: string): Promise<ResolutionRow> {
  const row = await resolutionQuery(trx, customerId, id).forUpdate().executeTakeFirst();
  return row ?? missing(id);
}

function resolutionQuery(trx: Trx, customerId: string, id: string) {
  return trx.selectFrom('resolutions').selectAll().where('customer_id', '=', customerId).where('id', '=', id);
}

function missing(id: string): never {
  throw new OptiInfraError('NOT_FOUND', `No resolution ${id}.`);
}
