import { AGENT_TYPES } from '../../../contracts/api/common.ts';
import type { RecommendationDraft } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { readPreferences } from '../customers/preferences.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { createTask, type TaskRow } from '../tasks/store.ts';
import { expiresAtMs, requiresApproval } from './policy.ts';
import { setStatus, type RecommendationRow } from './store.ts';
import { viewRecommendation } from './views.ts';

/** Stores what an analysis recommends and asks the other three agents for their opinions, all in one transaction. */
export async function createRecommendations(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  drafts: readonly RecommendationDraft[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const draft of drafts) {
    await supersede(services, trx, task, draft);
    const row = await insertRecommendation(services, trx, task, draft);
    await announce(services, trx, row);
    await askForOpinions(services, trx, row);
    ids.push(row.id);
  }
  return ids;
}

/** An undecided offer of the same kind for the same deployment rests on older data: two of them must not both be approved. */
async function supersede(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  draft: RecommendationDraft,
): Promise<void> {
  const open = await trx
    .selectFrom('recommendations')
    .select(['id', 'plan'])
    .where('customer_id', '=', task.customer_id)
    .where('type', '=', draft.type)
    .where('status', 'in', ['pending', 'validated'])
    .forUpdate()
    .execute();
  for (const older of open.filter(({ plan }) => plan.deployment === draft.plan.deployment)) {
    await setStatus(trx, older.id, { status: 'expired' });
    await services.outbox.publish(trx, {
      customerId: task.customer_id,
      type: 'recommendation.expired',
      data: { recommendation_id: older.id, reason: 'a newer analysis replaced it' },
    });
  }
}

async function insertRecommendation(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  draft: RecommendationDraft,
): Promise<RecommendationRow> {
  const nowMs = services.clock.wallMs();
  const { forecast } = draft;
  return trx
    .insertInto('recommendations')
    .values({
      id: services.ids('rec'),
      customer_id: task.customer_id,
      analysis_id: requireAnalysis(task),
      type: draft.type,
      agent_type: task.agent_type,
      agent_id: task.agent_id,
      status: 'pending',
      title: draft.title,
      estimated_savings_usd_per_month: forecast.savings_usd_per_month,
      savings_low_usd_per_month: forecast.low_usd_per_month,
      savings_high_usd_per_month: forecast.high_usd_per_month,
      confidence: draft.confidence,
      risk_level: draft.risk_level,
      reasons: JSON.stringify(draft.reasons),
      plan: JSON.stringify(draft.plan),
      forecast: JSON.stringify(forecast),
      requires_approval: requiresApproval({
        savingsUsdPerMonth: forecast.savings_usd_per_month,
        confidence: draft.confidence,
        risk: draft.risk_level,
        alwaysRequireApproval: await alwaysRequireApproval(trx, task.customer_id),
      }),
      created_at: new Date(nowMs),
      expires_at: new Date(expiresAtMs(draft.risk_level, nowMs)),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Unknown preferences never spare the customer a question. */
async function alwaysRequireApproval(trx: Trx, customerId: string): Promise<boolean> {
  return (await readPreferences(trx, customerId))?.always_require_approval ?? true;
}

function requireAnalysis(task: TaskRow): string {
  if (task.analysis_id !== null) return task.analysis_id;
  throw new OptiInfraError('INTERNAL', `Task ${task.id} recommends without an analysis.`);
}

async function announce(services: OrchestratorServices, trx: Trx, row: RecommendationRow): Promise<void> {
  const data = {
    recommendation_id: row.id,
    analysis_id: row.analysis_id,
    type: row.type,
    agent_type: row.agent_type,
    estimated_savings: row.estimated_savings_usd_per_month,
    confidence: row.confidence,
    risk_level: row.risk_level,
  };
  await services.outbox.publish(trx, {
    customerId: row.customer_id,
    type: 'recommendation.created',
    data,
  });
  await services.audit.append(trx, {
    customerId: row.customer_id,
    actor: 'agent',
    action: 'recommendation.created',
    subject: row.id,
    data,
  });
}

async function askForOpinions(
  services: OrchestratorServices,
  trx: Trx,
  row: RecommendationRow,
): Promise<void> {
  const recommendation = viewRecommendation(row, []);
  for (const agentType of AGENT_TYPES.filter((type) => type !== row.agent_type)) {
    await createTask(
      trx,
      {
        agentType,
        internal: true,
        recommendationId: row.id,
        task: {
          task_id: services.ids('tsk'),
          type: 'validate',
          customer_id: row.customer_id,
          recommendation,
        },
      },
      services.clock.wallMs(),
    );
  }
}
