import type { Validation } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { createOptimization } from '../optimizations/creation.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { approvalsNeeded } from './automatic-approval.ts';
import { checkApproval, validationState, type ApprovalCheck } from './policy.ts';
import { lockRecommendation, readValidations, setStatus, type RecommendationRow } from './store.ts';

export interface Decision {
  /** Who, as the audit names it. */
  readonly actor: string;
  /** Why, in the decider's words. */
  readonly reason: string;
}

/**
 * Approves once: the approval, the optimization, its steps and its events in one transaction.
 * @throws OptiInfraError `ALREADY_DECIDED`, `NOT_VALIDATED` or `NOT_FOUND`.
 */
export async function approveRecommendation(
  services: OrchestratorServices,
  customerId: string,
  recommendationId: string,
  decision: Decision,
): Promise<string> {
  const optimizationId = await services.database.asCustomer(customerId, async (trx) => {
    const row = await requireLocked(trx, recommendationId);
    const opinions = (await readValidations(trx, [row.id])).get(row.id) ?? [];
    return approveLocked(services, trx, row, opinions, decision);
  });
  services.flow.signals.notify('deliveries');
  return optimizationId;
}

/** May this recommendation be approved now, by what the agents have said? */
export function approvalOf(
  row: RecommendationRow,
  opinions: readonly Validation[],
  nowMs: number,
): ApprovalCheck {
  return checkApproval(
    {
      status: row.status,
      expiresAtMs: row.expires_at.getTime(),
      validation: validationState(row.agent_type, opinions, approvalsNeeded(row.type)),
    },
    nowMs,
  );
}

export async function approveLocked(
  services: OrchestratorServices,
  trx: Trx,
  row: RecommendationRow,
  opinions: readonly Validation[],
  decision: Decision,
): Promise<string> {
  const check = approvalOf(row, opinions, services.clock.wallMs());
  if (!check.allowed) {
    throw new OptiInfraError(check.code, `Recommendation ${row.id} cannot be approved. ${check.why}`);
  }
  await recordDecision(services, trx, row, 'approved', decision);
  return createOptimization(services, trx, row, decision.actor);
}

/** @throws OptiInfraError `ALREADY_DECIDED` or `NOT_FOUND`. */
export async function rejectRecommendation(
  services: OrchestratorServices,
  customerId: string,
  recommendationId: string,
  decision: Decision,
): Promise<void> {
  await services.database.asCustomer(customerId, async (trx) => {
    const row = await requireLocked(trx, recommendationId);
    const expired = services.clock.wallMs() >= row.expires_at.getTime();
    if ((row.status !== 'pending' && row.status !== 'validated') || expired) {
      const state = expired ? 'expired' : row.status;
      throw new OptiInfraError('ALREADY_DECIDED', `Recommendation ${row.id} is ${state}.`);
    }
    await recordDecision(services, trx, row, 'rejected', decision);
  });
}

async function requireLocked(trx: Trx, recommendationId: string): Promise<RecommendationRow> {
  const row = await lockRecommendation(trx, recommendationId);
  if (row !== undefined) return row;
  throw new OptiInfraError('NOT_FOUND', `No recommendation ${recommendationId}.`);
}

export async function recordDecision(
  services: OrchestratorServices,
  trx: Trx,
  row: RecommendationRow,
  decision: 'approved' | 'rejected',
  { actor, reason }: Decision,
): Promise<void> {
  await trx
    .insertInto('approvals')
    .values({
      id: services.ids('apr'),
      customer_id: row.customer_id,
      recommendation_id: row.id,
      decision,
      decided_by: actor,
      reason,
      at: new Date(services.clock.wallMs()),
    })
    .execute();
  await setStatus(trx, row.id, { status: decision });
  await services.outbox.publish(trx, {
    customerId: row.customer_id,
    type: `recommendation.${decision}`,
    data: { recommendation_id: row.id, by: actor, reason },
  });
  await services.audit.append(trx, {
    customerId: row.customer_id,
    actor,
    action: `recommendation.${decision}`,
    subject: row.id,
    data: { reason },
  });
}
