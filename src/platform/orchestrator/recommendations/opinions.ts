import type { ValidationDraft } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { baselineColumns } from '../quality/baseline-view.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import type { TaskRow } from '../tasks/store.ts';
import { approvalsNeeded, automaticDecision } from './automatic-approval.ts';
import { approveLocked } from './decisions.ts';
import { validationState } from './policy.ts';
import { lockRecommendation, readValidations, setStatus, type RecommendationRow } from './store.ts';

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
  await judge(services, trx, row);
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
    await trx
      .insertInto('quality_baselines')
      .values({
        id: baselineId,
        customer_id: row.customer_id,
        recommendation_id: row.id,
        deployment: row.plan.deployment,
        ...baselineColumns(draft.baseline),
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

/** An opinion that will not come (its task failed) may have been the last one waited for. */
export async function judgeAgain(
  services: OrchestratorServices,
  trx: Trx,
  recommendationId: string,
): Promise<void> {
  const row = await lockRecommendation(trx, recommendationId);
  if (row !== undefined) await judge(services, trx, row);
}

async function judge(services: OrchestratorServices, trx: Trx, row: RecommendationRow): Promise<void> {
  const opinions = (await readValidations(trx, [row.id])).get(row.id) ?? [];
  const state = validationState(row.agent_type, opinions, approvalsNeeded(row.type));
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
  if (await opinionIsComing(trx, row.id)) return;
  await setStatus(trx, row.id, { status: 'validated' });
  await services.outbox.publish(trx, {
    customerId,
    type: 'recommendation.validated',
    data: { recommendation_id: row.id, opinions: opinions.length },
  });
  if (row.requires_approval) return;
  await approveLocked(services, trx, { ...row, status: 'validated' }, opinions, automaticDecision(row.type));
}

/** A veto under way must not lose a race against an approval; an agent that is not there is not waited for. */
async function opinionIsComing(trx: Trx, recommendationId: string): Promise<boolean> {
  const open = await trx
    .selectFrom('tasks')
    .select('id')
    .where('recommendation_id', '=', recommendationId)
    .where('type', '=', 'validate')
    .where('status', 'in', ['queued', 'running'])
    .where((row) =>
      row.exists(
        row
          .selectFrom('agents')
          .select('agents.id')
          .whereRef('agents.agent_type', '=', 'tasks.agent_type')
          .where('agents.status', '=', 'healthy'),
      ),
    )
    .limit(1)
    .executeTakeFirst();
  return open !== undefined;
}

/** Judges again what waits for the opinion of an agent that has gone since. */
export async function judgeWaiting(services: OrchestratorServices): Promise<void> {
  const waiting = await services.database.asSystem((trx) =>
    trx
      .selectFrom('recommendations')
      .select('id')
      .where('status', '=', 'pending')
      .where('vetoed', '=', false)
      .where((row) =>
        row.exists(
          row
            .selectFrom('validations')
            .select('validations.id')
            .whereRef('validations.recommendation_id', '=', 'recommendations.id'),
        ),
      )
      .execute(),
  );
  for (const { id } of waiting) await services.database.asSystem((trx) => judgeAgain(services, trx, id));
}
