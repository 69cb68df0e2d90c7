import type { Selectable } from 'kysely';

import type { ExecutionStep, Optimization } from '../../../contracts/api/recommendations.ts';
import type { OptimizationStepsTable, OptimizationsTable } from '../database/decision-rows.ts';
import type { Trx } from '../services.ts';

export type OptimizationRow = Selectable<OptimizationsTable>;
export type StepRow = Selectable<OptimizationStepsTable>;

export async function findOptimization(trx: Trx, id: string): Promise<OptimizationRow | undefined> {
  return trx.selectFrom('optimizations').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Reports on one optimization take turns on its row. */
export async function lockOptimization(trx: Trx, id: string): Promise<OptimizationRow | undefined> {
  return trx.selectFrom('optimizations').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

async function readSteps(trx: Trx, optimizationId: string): Promise<readonly StepRow[]> {
  return trx
    .selectFrom('optimization_steps')
    .selectAll()
    .where('optimization_id', '=', optimizationId)
    .orderBy('step_order')
    .execute();
}

export async function viewOptimization(trx: Trx, row: OptimizationRow): Promise<Optimization> {
  const steps = await readSteps(trx, row.id);
  return {
    id: row.id,
    customer_id: row.customer_id,
    recommendation_id: row.recommendation_id,
    status: row.status,
    execution_steps: steps.map(viewStep),
    result: row.result,
    actual_savings: row.actual_savings_usd_per_month,
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}

function viewStep(row: StepRow): ExecutionStep {
  return {
    name: row.name,
    order: row.step_order,
    status: row.status,
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    world_started_at: row.world_started_at?.toISOString() ?? null,
    world_finished_at: row.world_finished_at?.toISOString() ?? null,
    evidence: row.evidence,
  };
}
