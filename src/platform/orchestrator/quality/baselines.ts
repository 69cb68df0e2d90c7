import type { GoldenBaseline, GoldenBaselineRequest } from '../../../contracts/api/orchestration.ts';
import type { QualityBaseline } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { invalidField } from '../../kit/invalid-field.ts';
import { findGoldenRun, type GoldenRunRow } from '../golden-runs/store.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { baselineColumns, viewBaseline, type BaselineRow } from './baseline-view.ts';
import { sameConfiguration } from '../../kit/configuration-differences.ts';

/** Agents and the database add up in another order. */
const ROUNDING = 1e-9;

/**
 * Records what a deployment's answers are held against from now on; once a golden run, however often it is asked for.
 * @throws OptiInfraError `NOT_FOUND`, `INVALID_STATE` for a run that is not completed, `VALIDATION_FAILED` when the
 * figures are not those of the run.
 */
export async function recordBaseline(
  services: OrchestratorServices,
  customerId: string,
  request: GoldenBaselineRequest,
  actor: string,
): Promise<QualityBaseline> {
  return services.database.asCustomer(customerId, async (trx) => {
    const run = await findGoldenRun(trx, request.baseline.golden_run_id ?? '');
    checkAgainstRun(request, run);
    const row = await insertBaseline(services, trx, customerId, request);
    // A row that was there already belongs to an earlier delivery of the same request.
    if (row === undefined) return viewBaseline(await requireBaselineOf(trx, request));
    const data = {
      baseline_id: row.id,
      deployment: request.deployment,
      golden_run_id: row.golden_run_id,
      mean_score: row.mean_score,
      interval: request.baseline.interval,
      sample_size: row.sample_size,
      engine_configuration: request.engine_configuration,
    };
    await services.outbox.publish(trx, { customerId, type: 'quality.baseline_recorded', data });
    await services.audit.append(trx, {
      customerId,
      actor,
      action: 'quality.baseline_recorded',
      subject: row.id,
      data,
    });
    return viewBaseline(row);
  });
}

/** Only a completed run of this deployment is a baseline, with this configuration and with the figures of its answers. */
function checkAgainstRun(request: GoldenBaselineRequest, run: GoldenRunRow | undefined): void {
  const { baseline, deployment } = request;
  if (run === undefined) {
    throw new OptiInfraError('NOT_FOUND', `There is no golden run ${baseline.golden_run_id ?? ''}.`);
  }
  if (run.deployment !== deployment) {
    throw invalidField('body.baseline.golden_run_id', `asked ${run.deployment}, not ${deployment}`);
  }
  if (run.status !== 'completed') {
    throw new OptiInfraError('INVALID_STATE', `Golden run ${run.id} is ${run.status}.`);
  }
  if (!sameConfiguration(run.engine_configuration, request.engine_configuration)) {
    throw invalidField('body.engine_configuration', 'is not the one the golden prompts were asked of');
  }
  if (baseline.sample_size !== run.answers.length) {
    throw invalidField('body.baseline.sample_size', `is not the ${run.answers.length} answers of the run`);
  }
  const mean = run.answers.reduce((sum, { quality_score }) => sum + quality_score, 0) / run.answers.length;
  if (Math.abs(mean - baseline.mean_score) <= ROUNDING) return;
  throw invalidField('body.baseline.mean_score', `is not the mean of the run's answers, ${mean}`);
}

async function insertBaseline(
  services: OrchestratorServices,
  trx: Trx,
  customerId: string,
  { deployment, engine_configuration, baseline }: GoldenBaselineRequest,
): Promise<BaselineRow | undefined> {
  return trx
    .insertInto('quality_baselines')
    .values({
      id: services.ids('qbl'),
      customer_id: customerId,
      deployment,
      engine_configuration: JSON.stringify(engine_configuration),
      ...baselineColumns(baseline),
      created_at: new Date(services.clock.wallMs()),
    })
    .onConflict((conflict) =>
      conflict.columns(['customer_id', 'golden_run_id']).where('recommendation_id', 'is', null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
}

async function requireBaselineOf(trx: Trx, { baseline }: GoldenBaselineRequest): Promise<BaselineRow> {
  return trx
    .selectFrom('quality_baselines')
    .selectAll()
    .where('golden_run_id', '=', baseline.golden_run_id)
    .where('recommendation_id', 'is', null)
    .executeTakeFirstOrThrow();
}

/** @throws OptiInfraError `NOT_FOUND` when none was recorded. */
export async function newestBaseline(
  services: OrchestratorServices,
  customerId: string,
  deployment: string,
): Promise<GoldenBaseline> {
  return services.database.asCustomer(customerId, async (trx) => {
    const row = await trx
      .selectFrom('quality_baselines')
      .selectAll()
      .where('customer_id', '=', customerId)
      .where('deployment', '=', deployment)
      .where('source', '=', 'golden_prompts')
      .where('recommendation_id', 'is', null)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    const run = row === undefined ? undefined : await findGoldenRun(trx, row.golden_run_id ?? '');
    if (!row?.engine_configuration || run === undefined) {
      throw new OptiInfraError('NOT_FOUND', `No golden baseline of ${deployment} was recorded.`);
    }
    return {
      baseline: viewBaseline(row),
      engine_configuration: row.engine_configuration,
      answers: run.answers,
    };
  });
}
