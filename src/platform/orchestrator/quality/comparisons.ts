import type { QualityComparisonReport } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { findGoldenRun } from '../golden-runs/store.ts';
import type { OrchestratorServices, Trx } from '../services.ts';

/**
 * Keeps a comparison of a golden run with its baseline, once a run, and raises the event of a regression.
 * @throws OptiInfraError `NOT_FOUND` when run or baseline are not the deployment's own.
 */
export async function recordComparison(
  services: OrchestratorServices,
  customerId: string,
  report: QualityComparisonReport,
  actor: string,
): Promise<void> {
  await services.database.asCustomer(customerId, async (trx) => {
    await requireOwn(trx, report);
    const stored = await trx
      .insertInto('quality_comparisons')
      .values({
        ...report,
        customer_id: customerId,
        created_at: new Date(services.clock.wallMs()),
      })
      .onConflict((conflict) => conflict.column('golden_run_id').doNothing())
      .returning('golden_run_id')
      .executeTakeFirst();
    if (stored === undefined) return;
    const data = { ...report };
    if (report.verdict === 'regression') {
      await services.outbox.publish(trx, { customerId, type: 'quality.regression_found', data });
    }
    await services.audit.append(trx, {
      customerId,
      actor,
      action: `quality.${report.verdict}`,
      subject: report.deployment,
      data,
    });
  });
}

async function requireOwn(trx: Trx, report: QualityComparisonReport): Promise<void> {
  const run = await findGoldenRun(trx, report.golden_run_id);
  const baseline = await trx
    .selectFrom('quality_baselines')
    .select(['id', 'deployment'])
    .where('id', '=', report.baseline_id)
    .executeTakeFirst();
  if (run?.deployment === report.deployment && baseline?.deployment === report.deployment) return;
  throw new OptiInfraError(
    'NOT_FOUND',
    `${report.deployment} has no golden run ${report.golden_run_id} with a baseline ${report.baseline_id}.`,
  );
}
