import type { Recommendation, Validation } from '../../../contracts/api/recommendations.ts';
import type { Trx } from '../services.ts';
import { readDependencies, readValidations, type RecommendationRow } from './store.ts';

export function viewRecommendation(
  row: RecommendationRow,
  validations: readonly Validation[],
  dependsOn: readonly string[],
): Recommendation {
  return {
    id: row.id,
    customer_id: row.customer_id,
    analysis_id: row.analysis_id,
    type: row.type,
    agent_type: row.agent_type,
    status: row.status,
    title: row.title,
    estimated_savings: row.estimated_savings_usd_per_month,
    estimated_savings_range: {
      low: row.savings_low_usd_per_month,
      high: row.savings_high_usd_per_month,
    },
    confidence: row.confidence,
    risk_level: row.risk_level,
    reasons: row.reasons,
    plan: row.plan,
    forecast: row.forecast,
    depends_on: dependsOn,
    validations,
    requires_approval: row.requires_approval,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}

export async function viewRecommendations(
  trx: Trx,
  rows: readonly RecommendationRow[],
): Promise<readonly Recommendation[]> {
  const ids = rows.map(({ id }) => id);
  const validations = await readValidations(trx, ids);
  const dependencies = await readDependencies(trx, ids);
  return rows.map((row) =>
    viewRecommendation(row, validations.get(row.id) ?? [], dependencies.get(row.id) ?? []),
  );
}
