import type { Selectable } from 'kysely';

import type { RecommendationStatus, Validation } from '../../../contracts/api/recommendations.ts';
import type { RecommendationsTable, ValidationsTable } from '../database/decision-rows.ts';
import { viewBaseline, type BaselineRow } from '../quality/baseline-view.ts';
import type { Trx } from '../services.ts';

export type RecommendationRow = Selectable<RecommendationsTable>;
export type ValidationRow = Selectable<ValidationsTable>;

export async function findRecommendation(
  trx: Trx,
  recommendationId: string,
): Promise<RecommendationRow | undefined> {
  return trx.selectFrom('recommendations').selectAll().where('id', '=', recommendationId).executeTakeFirst();
}

/** Decisions and opinions on one recommendation take turns on its row. */
export async function lockRecommendation(
  trx: Trx,
  recommendationId: string,
): Promise<RecommendationRow | undefined> {
  return trx
    .selectFrom('recommendations')
    .selectAll()
    .where('id', '=', recommendationId)
    .forUpdate()
    .executeTakeFirst();
}

export async function readValidations(
  trx: Trx,
  recommendationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Validation[]>> {
  const views = new Map<string, Validation[]>();
  if (recommendationIds.length === 0) return views;
  const rows = await trx
    .selectFrom('validations')
    .selectAll()
    .where('recommendation_id', 'in', [...recommendationIds])
    .orderBy('at')
    .orderBy('id')
    .execute();
  const baselines = await readBaselines(
    trx,
    rows.flatMap(({ baseline_id }) => (baseline_id === null ? [] : [baseline_id])),
  );
  for (const row of rows) {
    const list = views.get(row.recommendation_id) ?? [];
    list.push(viewValidation(row, baselines.get(row.baseline_id ?? '')));
    views.set(row.recommendation_id, list);
  }
  return views;
}

/** What each of these recommendations waits for. */
export async function readDependencies(
  trx: Trx,
  recommendationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (recommendationIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom('recommendation_dependencies')
    .select(['recommendation_id', 'depends_on'])
    .where('recommendation_id', 'in', [...recommendationIds])
    .orderBy('depends_on')
    .execute();
  const dependencies = new Map<string, string[]>();
  for (const { recommendation_id, depends_on } of rows) {
    dependencies.set(recommendation_id, [...(dependencies.get(recommendation_id) ?? []), depends_on]);
  }
  return dependencies;
}

async function readBaselines(trx: Trx, ids: readonly string[]): Promise<ReadonlyMap<string, BaselineRow>> {
  if (ids.length === 0) return new Map();
  const rows = await trx
    .selectFrom('quality_baselines')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

function viewValidation(row: ValidationRow, baseline: BaselineRow | undefined): Validation {
  return {
    agent_type: row.agent_type,
    agent_id: row.agent_id,
    verdict: row.verdict,
    approved: row.verdict !== 'veto',
    reasons: row.reasons,
    condition: row.condition,
    figures: row.figures,
    baseline: baseline === undefined ? null : viewBaseline(baseline),
    at: row.at.toISOString(),
  };
}

export async function setStatus(
  trx: Trx,
  recommendationId: string,
  change: { readonly status?: RecommendationStatus; readonly vetoed?: boolean },
): Promise<void> {
  await trx.updateTable('recommendations').set(change).where('id', '=', recommendationId).execute();
}

export interface RecommendationFilter {
  readonly statuses: readonly RecommendationStatus[];
  readonly type?: RecommendationRow['type'] | undefined;
  readonly agentType?: RecommendationRow['agent_type'] | undefined;
  readonly risk?: RecommendationRow['risk_level'] | undefined;
  readonly minimumSavings?: number | undefined;
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listRecommendations(
  trx: Trx,
  customerId: string,
  filter: RecommendationFilter,
): Promise<readonly RecommendationRow[]> {
  const { type, agentType, risk, minimumSavings, after } = filter;
  let query = trx
    .selectFrom('recommendations')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('status', 'in', [...filter.statuses]);
  if (type !== undefined) query = query.where('type', '=', type);
  if (agentType !== undefined) query = query.where('agent_type', '=', agentType);
  if (risk !== undefined) query = query.where('risk_level', '=', risk);
  if (minimumSavings !== undefined) {
    query = query.where('estimated_savings_usd_per_month', '>=', minimumSavings);
  }
  if (after !== undefined) {
    query = query.where((row) =>
      row.or([
        row('created_at', '<', after.createdAt),
        row.and([row('created_at', '=', after.createdAt), row('id', '<', after.id)]),
      ]),
    );
  }
  return query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(filter.limit).execute();
}
