import type { ValidationDraft } from '../../../contracts/api/orchestration.ts';
import type { Validation } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import type { TaskRow } from '../tasks/store.ts';
import { approveLocked } from './decisions.ts';
import { validationState } from './policy.ts';
import { lockRecommendation, readValidations, setStatus, type RecommendationRow } from './store.ts';

const NO_QUESTION_ASKED = 'policy:no-approval-needed';

/** Records an agent's opinion and what it makes of the recommendation. */
export async function recordOpinion(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  draft: ValidationDraft,
): Promise<void> {
  const row = await lockRecommendation(trx, task.recommendation_id ?? '');
  if (row === undefined) {
    throw new OptiInfraError('NOT_FOUND', `Task ${task.id} judges no known recommendation.`);
  }
  await insertOpinion(services, trx, task, row, draft);
  await services.outbox.publish(trx, {
    customerId: row.customer_id,
    type: 'recommendation.validation',
    data: {
      recommendation_id: row.id,
      agent_type: task.agent_type,
      verdict: draft.verdict,
      reasons: draft.reasons,
      condition: draft.condition,
    },
  });
  const opinions = (await readValidations(trx, [row.id])).get(row.id) ?? [];
  await judge(services, trx, row, opinions);
}

async function insertOpinion(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  row: RecommendationRow,
  draft: ValidationDraft,
): Promise<void> {
  const now = new Date(services.clock.wallMs());
  const baselineId = draft.baseline === null ? null : services.ids('qbl');
  if (draft.baseline !== null && baselineId !== null) {
    const { mean_score, interval, standard_deviation, sample_size } = draft.baseline;
    await trx
      .insertInto('quality_baselines')
      .values({
        id: baselineId,
        customer_id: row.customer_id,
        recommendation_id: row.id,
        mean_score,
        interval_low: interval.low,
        interval_high: interval.high,
        standard_deviation,
        sample_size,
        created_at: now,
      })
      .execute();
  }
  await trx
    .insertInto('validations')
    .values({
      id: services.ids('val'),
      customer_id: row.customer_id,
      recommendation_id: row.id,
      agent_type: task.agent_type,
      agent_id: task.agent_id ?? '',
      verdict: draft.verdict,
      reasons: JSON.stringify(draft.reasons),
      condition: draft.condition,
      figures: JSON.stringify(draft.figures),
      baseline_id: baselineId,
      at: now,
    })
    .execute();
  await services.audit.append(trx, {
    customerId: row.customer_id,
    actor: 'agent',
    action: 'recommendation.validation',
    subject: row.id,
    data: { agent_type: task.agent_type, verdict: draft.verdict, reasons: draft.reasons },
  });
}

async function judge(
  services: OrchestratorServices,
  trx: Trx,
  row: RecommendationRow,
  opinions: readonly Validation[],
): Promise<void> {
  const state = validationState(row.agent_type, opinions);
  const customerId = row.customer_id;
  if (state.kind === 'vetoed' && !row.vetoed) {
    await setStatus(trx, row.id, { vetoed: true });
    await services.outbox.publish(trx, {
      customerId,
      type: 'recommendation.vetoed',
      data: { recommendation_id: row.id, by: state.by },
    });
  }
  if (state.kind !== 'validated' || row.status !== 'pending') return;
  await setStatus(trx, row.id, { status: 'validated' });
  await services.outbox.publish(trx, {
    customerId,
    type: 'recommendation.validated',
    data: { recommendation_id: row.id, opinions: opinions.length },
  });
  if (row.requires_approval) return;
  await approveLocked(services, trx, { ...row, status: 'validated' }, opinions, {
    actor: NO_QUESTION_ASKED,
    reason: 'Low risk, sure and small: the customer asked not to be asked.',
  });
}
