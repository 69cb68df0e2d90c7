import type { Page } from '../../../contracts/api/common.ts';
import {
  RECOMMENDATION_STATUSES,
  type Recommendation,
  type RecommendationStatus,
} from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { invalidField } from '../../kit/invalid-field.ts';
import type { OrchestratorServices } from '../services.ts';
import { findRecommendation, listRecommendations, type RecommendationFilter } from './store.ts';
import { viewRecommendations } from './views.ts';

/** Without a filter the customer sees what was validated; what still waits for opinions must be asked for by name. */
const SHOWN: readonly RecommendationStatus[] = RECOMMENDATION_STATUSES.filter(
  (status) => status !== 'pending',
);

export interface RecommendationQuery extends Omit<RecommendationFilter, 'statuses' | 'after'> {
  readonly status?: RecommendationStatus | undefined;
  readonly cursor?: string | undefined;
}

export async function queryRecommendations(
  services: OrchestratorServices,
  customerId: string,
  query: RecommendationQuery,
): Promise<Page<Recommendation>> {
  const { status, cursor, limit, ...filter } = query;
  return services.database.asCustomer(customerId, async (trx) => {
    const rows = await listRecommendations(trx, customerId, {
      ...filter,
      statuses: status === undefined ? SHOWN : [status],
      after: cursor === undefined ? undefined : readCursor(cursor),
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: await viewRecommendations(trx, page),
      next_cursor: rows.length > limit && last !== undefined ? writeCursor(last.created_at, last.id) : null,
    };
  });
}

export async function readRecommendation(
  services: OrchestratorServices,
  customerId: string,
  recommendationId: string,
): Promise<Recommendation> {
  return services.database.asCustomer(customerId, async (trx) => {
    const row = await findRecommendation(trx, recommendationId);
    const [view] = row === undefined ? [] : await viewRecommendations(trx, [row]);
    if (view !== undefined) return view;
    throw new OptiInfraError('NOT_FOUND', `No recommendation ${recommendationId}.`);
  });
}

/** Whose recommendation it is; asked before the guard that needs to know. */
export async function customerOfRecommendation(
  services: OrchestratorServices,
  recommendationId: string,
): Promise<string> {
  const row = await services.database.asSystem((trx) => findRecommendation(trx, recommendationId));
  if (row !== undefined) return row.customer_id;
  throw new OptiInfraError('NOT_FOUND', `No recommendation ${recommendationId}.`);
}

function writeCursor(createdAt: Date, id: string): string {
  return Buffer.from(JSON.stringify([createdAt.getTime(), id])).toString('base64url');
}

function readCursor(cursor: string): { readonly createdAt: Date; readonly id: string } {
  const [createdAtMs, id] = decode(cursor);
  if (typeof createdAtMs === 'number' && Number.isFinite(createdAtMs) && typeof id === 'string') {
    return { createdAt: new Date(createdAtMs), id };
  }
  throw invalidField('querystring.cursor', 'is not a cursor that a page ended with');
}

function decode(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
