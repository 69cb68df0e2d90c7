import type { Optimization } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices } from '../services.ts';
import { nothingDone } from './dependencies.ts';
import { callExecutor } from './executor-client.ts';
import { mayCancel } from './policy.ts';
import { applyStatus } from './status-reports.ts';
import { findOptimization, lockOptimization, viewOptimization } from './store.ts';

export async function customerOfOptimization(
  services: OrchestratorServices,
  optimizationId: string,
): Promise<string> {
  const row = await services.database.asSystem((trx) => findOptimization(trx, optimizationId));
  if (row !== undefined) return row.customer_id;
  throw new OptiInfraError('NOT_FOUND', `No optimization ${optimizationId}.`);
}

export async function readOptimization(
  services: OrchestratorServices,
  customerId: string,
  optimizationId: string,
): Promise<Optimization> {
  return services.database.asCustomer(customerId, async (trx) => {
    const row = await findOptimization(trx, optimizationId);
    if (row === undefined) throw new OptiInfraError('NOT_FOUND', `No optimization ${optimizationId}.`);
    return viewOptimization(trx, row);
  });
}

const NEVER_STARTED = nothingDone('Cancelled before anything was done.');

/** Cancels: at once what nobody has begun, through the executor (which rolls back) what may be under way. */
export async function cancelOptimization(
  services: OrchestratorServices,
  customerId: string,
  optimizationId: string,
  request: { readonly actor: string; readonly reason: string },
): Promise<Optimization> {
  const forward = await services.database.asCustomer(customerId, async (trx) => {
    const row = await lockOptimization(trx, optimizationId);
    if (row === undefined) throw new OptiInfraError('NOT_FOUND', `No optimization ${optimizationId}.`);
    if (!mayCancel(row.status)) {
      throw new OptiInfraError('INVALID_STATE', `Optimization ${optimizationId} is ${row.status}.`);
    }
    await services.audit.append(trx, {
      customerId,
      actor: request.actor,
      action: 'optimization.cancel_requested',
      subject: optimizationId,
      data: { reason: request.reason },
    });
    const begun = row.status !== 'queued' || row.delivered_at !== null || row.delivery_attempts > 0;
    if (!begun) {
      const report = { status: 'cancelled' as const, result: NEVER_STARTED, actual_savings: null };
      await applyStatus(services, trx, row, report, request.actor);
    }
    return begun;
  });
  if (forward) {
    await callExecutor(services, `/${encodeURIComponent(optimizationId)}/cancel`, {
      by: request.actor,
      reason: request.reason,
    });
  }
  return readOptimization(services, customerId, optimizationId);
}
