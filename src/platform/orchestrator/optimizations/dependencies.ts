import type { OptimizationResult } from '../../../contracts/api/recommendations.ts';
import type { OrchestratorServices } from '../services.ts';
import { applyStatus } from './status-reports.ts';
import { lockOptimization } from './store.ts';

/** States of a recommendation from which it will never complete. */
const NEVER_COMPLETES = ['rejected', 'expired', 'failed', 'rolled_back'] as const;

/** Ends what waits for a recommendation that did not work out; what waits for that one ends in the next round. */
export async function failUnmeetable(services: OrchestratorServices): Promise<void> {
  const hopeless = await services.database.asSystem((trx) =>
    trx
      .selectFrom('optimizations')
      .innerJoin(
        'recommendation_dependencies as dependency',
        'dependency.recommendation_id',
        'optimizations.recommendation_id',
      )
      .innerJoin('recommendations as needed', 'needed.id', 'dependency.depends_on')
      .select(['optimizations.id', 'needed.id as needed_id', 'needed.status as needed_status'])
      .where('optimizations.status', '=', 'queued')
      .where('optimizations.delivered_at', 'is', null)
      .where('optimizations.delivery_attempts', '=', 0)
      .where('needed.status', 'in', [...NEVER_COMPLETES])
      .orderBy('optimizations.created_at')
      .execute(),
  );
  for (const { id, needed_id, needed_status } of hopeless) {
    const reason = `It depends on recommendation ${needed_id}, which is ${needed_status}.`;
    await services.database.asSystem(async (trx) => {
      const row = await lockOptimization(trx, id);
      if (row?.status !== 'queued') return;
      const report = { status: 'failed' as const, result: nothingDone(reason), actual_savings: null };
      await applyStatus(services, trx, row, report, 'service');
    });
  }
}

/** The result of an optimization that ended before the executor had it. */
export function nothingDone(reason: string): OptimizationResult {
  return { success: false, reason, original_state_restored: null, differences: [], measured: {} };
}
