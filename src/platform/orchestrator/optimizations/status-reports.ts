import type { StatusReport } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { mayMove, statusFollowing } from '../recommendations/policy.ts';
import { lockRecommendation, setStatus } from '../recommendations/store.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { recordOutcome } from './learning.ts';
import { releaseLease } from './leases.ts';
import { isTerminal, moveOptimization } from './policy.ts';
import { lockOptimization, type OptimizationRow } from './store.ts';

/** Takes in what the executor says of an optimization as a whole; idempotent. */
export async function recordStatus(
  services: OrchestratorServices,
  optimizationId: string,
  report: StatusReport,
): Promise<void> {
  await services.database.asSystem(async (trx) => {
    const row = await lockOptimization(trx, optimizationId);
    if (row === undefined) throw new OptiInfraError('NOT_FOUND', `No optimization ${optimizationId}.`);
    await applyStatus(services, trx, row, report, 'service');
  });
  services.flow.signals.notify('tasks');
  // A deployment may have become free.
  services.flow.signals.notify('deliveries');
}

/** The one place where an optimization changes its state: recommendation, events, audit, outcome and lesson follow. */
export async function applyStatus(
  services: OrchestratorServices,
  trx: Trx,
  row: OptimizationRow,
  report: StatusReport,
  actor: string,
): Promise<void> {
  const move = moveOptimization(row.status, report.status);
  if (move === 'repeat') return;
  if (move === 'refused') {
    throw new OptiInfraError(
      'INVALID_STATE',
      `Optimization ${row.id} cannot become ${report.status}: it is ${row.status}.`,
    );
  }
  const changed = await writeStatus(services, trx, row, report);
  await recommendationFollows(trx, changed);
  await tell(services, trx, row, changed, actor);
  if (!isTerminal(changed.status)) return;
  await releaseLease(services, trx, changed.id);
  await recordOutcome(services, trx, changed);
}

async function writeStatus(
  services: OrchestratorServices,
  trx: Trx,
  row: OptimizationRow,
  report: StatusReport,
): Promise<OptimizationRow> {
  const now = new Date(services.clock.wallMs());
  return trx
    .updateTable('optimizations')
    .set({
      status: report.status,
      result: report.result === null ? null : JSON.stringify(report.result),
      actual_savings_usd_per_month: report.actual_savings,
      // What nobody was asked for ends without having begun.
      started_at: row.started_at ?? (neverBegan(row, report) ? null : now),
      finished_at: isTerminal(report.status) ? now : null,
      // A report proves that the executor has the order, even if its receipt was lost.
      delivered_at: row.delivered_at ?? now,
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function neverBegan(row: OptimizationRow, report: StatusReport): boolean {
  const handedOut = row.delivered_at !== null || row.delivery_attempts > 0;
  return report.status === 'cancelled' || (isTerminal(report.status) && !handedOut);
}

async function recommendationFollows(trx: Trx, row: OptimizationRow): Promise<void> {
  const next = statusFollowing(row.status);
  const recommendation = await lockRecommendation(trx, row.recommendation_id);
  if (next === undefined || recommendation === undefined || recommendation.status === next) return;
  if (mayMove(recommendation.status, next)) await setStatus(trx, recommendation.id, { status: next });
}

async function tell(
  services: OrchestratorServices,
  trx: Trx,
  before: OptimizationRow,
  { id, customer_id: customerId, recommendation_id, status, result, ...row }: OptimizationRow,
  actor: string,
): Promise<void> {
  const data = {
    optimization_id: id,
    recommendation_id,
    status,
    previous_status: before.status,
    result,
    actual_savings: row.actual_savings_usd_per_month,
  };
  if (before.started_at === null && status === 'executing') {
    await services.outbox.publish(trx, {
      customerId,
      type: 'optimization.started',
      data: { optimization_id: id, recommendation_id },
    });
  }
  await services.outbox.publish(trx, { customerId, type: 'optimization.status', data });
  await services.audit.append(trx, {
    customerId,
    actor,
    action: 'optimization.status',
    subject: id,
    data,
  });
}
