import { sql, type Selectable } from 'kysely';

import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import type { GoldenRunStatus } from '../../../contracts/api/orchestration.ts';
import type { GoldenRunsTable } from '../database/quality-rows.ts';
import type { Trx } from '../services.ts';

export type GoldenRunRow = Selectable<GoldenRunsTable>;

export async function findGoldenRun(trx: Trx, id: string): Promise<GoldenRunRow | undefined> {
  return trx.selectFrom('golden_runs').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Results of one run take turns on its row. */
export async function lockGoldenRun(trx: Trx, id: string): Promise<GoldenRunRow | undefined> {
  return trx.selectFrom('golden_runs').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function oldestOrdered(trx: Trx, customerId: string): Promise<GoldenRunRow | undefined> {
  return trx
    .selectFrom('golden_runs')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('status', '=', 'ordered')
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

/** Orders for one deployment take turns, so that two who ask at once share a run. */
export async function lockOrders(trx: Trx, customerId: string, deployment: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`golden:${customerId}:${deployment}`}, 0))`.execute(
    trx,
  );
}

/** A run not answered yet that asks the same of the same configuration. */
export async function findOpenRun(
  trx: Trx,
  wanted: {
    readonly customerId: string;
    readonly deployment: string;
    readonly prompts: number;
    readonly engineConfiguration: EngineConfiguration;
  },
): Promise<GoldenRunRow | undefined> {
  return trx
    .selectFrom('golden_runs')
    .selectAll()
    .where('customer_id', '=', wanted.customerId)
    .where('deployment', '=', wanted.deployment)
    .where('prompts', '=', wanted.prompts)
    .where('status', '=', 'ordered')
    .where(sql<boolean>`engine_configuration = ${JSON.stringify(wanted.engineConfiguration)}::jsonb`)
    .limit(1)
    .executeTakeFirst();
}

export function viewGoldenRun(row: GoldenRunRow): GoldenRunStatus {
  const { id, deployment, status, answers, problem } = row;
  return { golden_run_id: id, deployment, status, answers, problem };
}
