import { AGENT_TYPES } from '../../../contracts/api/common.ts';
import type { RecommendationDraft } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { readPreferences } from '../customers/preferences.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { createTask, type TaskRow } from '../tasks/store.ts';
import { mayApproveItself } from './automatic-approval.ts';
import { repetition, sameSubject } from './repetition.ts';
import { expiresAtMs, requiresApproval } from './policy.ts';
import { setStatus, type RecommendationRow } from './store.ts';
import { viewRecommendation } from './views.ts';

/** Whose proposal it is, and the analysis it rests on. */
export type Author = Pick<RecommendationRow, 'customer_id' | 'agent_type' | 'agent_id' | 'analysis_id'>;

export interface Created {
  readonly ids: readonly string[];
  /** What was proposed and not taken up, each with the reason. */
  readonly refused: readonly string[];
}

/** Stores what an analysis recommends and asks the other three agents for their opinions, all in one transaction. */
export async function createRecommendations(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  drafts: readonly RecommendationDraft[],
): Promise<Created> {
  const author = { ...task, analysis_id: requireAnalysis(task) };
  const ids: string[] = [];
  const refused: string[] = [];
  for (const draft of drafts) {
    const why = await repetition(trx, task.customer_id, draft);
    if (why === undefined) ids.push(await createRecommendation(services, trx, author, draft));
    else refused.push(`"${draft.title}" was not taken up: ${why}.`);
  }
  return { ids, refused };
}

/** Stores one proposal and asks the other three agents for their opinions. */
export async function createRecommendation(
  services: OrchestratorServices,
  trx: Trx,
  author: Author,
  draft: RecommendationDraft,
): Promise<string> {
  await supersede(services, trx, author, draft);
  const row = await insertRecommendation(services, trx, author, draft);
  await announce(services, trx, row);
  await askForOpinions(services, trx, row);
  return row.id;
}

/** An undecided offer of the same kind for the same deployment rests on older data: two of them must not both be approved. */
async function supersede(
  services: OrchestratorServices,
  trx: Trx,
  author: Author,
  draft: RecommendationDraft,
): Promise<void> {
  const open = await trx
    .selectFrom('recommendations')
    .select(['id', 'plan'])
    .where('customer_id', '=', author.customer_id)
    .where('type', '=', draft.type)
    .where('status', 'in', ['pending', 'validated'])
    .forUpdate()
    .execute();
  for (const older of open.filter(({ plan }) => sameSubject(plan, draft.plan))) {
    await setStatus(trx, older.id, { status: 'expired' });
    await services.outbox.publish(trx, {
      customerId: author.customer_id,
      type: 'recommendation.expired',
      data: { recommendation_id: older.id, reason: 'a newer analysis replaced it' },
    });
  }
}

async function insertRecommendation(
  services: OrchestratorServices,
  trx: Trx,
  author: Author,
  draft: RecommendationDraft,
): Promise<RecommendationRow> {
  const nowMs = services.clock.wallMs();
  const { forecast } = draft;
  return trx
    .insertInto('recommendations')
    .values({
      id: services.ids('rec'),
      customer_id: author.customer_id,
      analysis_id: author.analysis_id,
      type: draft.type,
      agent_type: author.agent_type,
      agent_id: author.agent_id,
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
      requires_approval: await needsPerson(trx, author.customer_id, draft),
      created_at: new Date(nowMs),
      expires_at: new Date(expiresAtMs(draft.risk_level, nowMs)),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What may approve itself asks nobody; the rest by saving, confidence and risk. */
async function needsPerson(trx: Trx, customerId: string, draft: RecommendationDraft): Promise<boolean> {
  const always = await alwaysRequireApproval(trx, customerId);
  if (mayApproveItself(draft.type, { always_require_approval: always })) return false;
  // A hybrid is part of a resolution, which the customer executes.
  if (draft.type === 'hybrid') return true;
  return requiresApproval({
    savingsUsdPerMonth: draft.forecast.savings_usd_per_month,
    confidence: draft.confidence,
    risk: draft.risk_level,
    alwaysRequireApproval: always,
  });
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
  const recommendation = viewRecommendation(row, [], []);
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
