import type {
  ConflictResolution,
  HybridSolution,
  ResolveConflictRequest,
} from '../../../contracts/api/orchestration.ts';
import type { AgentType } from '../../../contracts/api/common.ts';
import type { Preferences } from '../../../contracts/api/customers.ts';
import type { Recommendation } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { readPreferences } from '../customers/preferences.ts';
import { createRecommendation } from '../recommendations/creation.ts';
import { viewRecommendations } from '../recommendations/views.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { refuseCycle } from './dependencies.ts';
import { conflictsAmong, graphOf } from './detection.ts';
import { negotiate } from './negotiation.ts';
import { insertResolution } from './store.ts';
import { settle, type Settlement } from './strategy.ts';

/**
 * Finds the conflicts among open recommendations and settles them; nothing is decided before the resolution is executed.
 * A hybrid becomes a recommendation at once, so that the other agents judge it while the customer thinks.
 * @throws OptiInfraError `NOT_FOUND`, `ALREADY_DECIDED`, `DEPENDENCY_CYCLE`, or `INVALID_STATE` when all were vetoed.
 */
export async function resolveConflict(
  services: OrchestratorServices,
  { customer_id: customerId, recommendation_ids: ids }: ResolveConflictRequest,
  actor: string,
): Promise<ConflictResolution> {
  const { parties, preferences } = await services.database.asCustomer(customerId, (trx) =>
    readParties(services, trx, customerId, ids),
  );
  refuseCycle(graphOf(parties));
  const conflicts = conflictsAmong(parties);
  let agentId: string | null = null;
  const settlement = await settle(parties, preferences, async (open) => {
    const openIds = new Set(open.map(({ id }) => id));
    const asked = parties.filter(({ id }) => openIds.has(id));
    const answer = await negotiate(services, customerId, asked);
    agentId = answer.agentId;
    return answer;
  });
  if (settlement.rejected.length === parties.length && settlement.hybrid_solution === null) {
    throw new OptiInfraError('INVALID_STATE', `None of them can be carried out. ${told(settlement)}`);
  }
  return services.database
    .asCustomer(customerId, async (trx) => {
      const { hybrid_solution: hybrid } = settlement;
      const resolution: ConflictResolution = {
        resolution_id: services.ids('res'),
        customer_id: customerId,
        conflict_detected: conflicts.length > 0,
        conflicts,
        ...settlement,
        ...(hybrid === null
          ? {}
          : { hybrid_recommendation_id: await recommend(services, trx, parties, hybrid, agentId) }),
        participants: participantsOf(parties),
      };
      await insertResolution(trx, resolution, ids, services.clock.wallMs());
      await announce(services, trx, resolution, ids, actor);
      return resolution;
    })
    .finally(() => {
      services.flow.signals.notify('tasks');
    });
}

const told = ({ rejected }: Settlement): string =>
  rejected.map(({ recommendation_id, reason }) => `${recommendation_id}: ${reason}`).join(' ');

async function readParties(
  services: OrchestratorServices,
  trx: Trx,
  customerId: string,
  ids: readonly string[],
): Promise<{ readonly parties: readonly Recommendation[]; readonly preferences: Preferences }> {
  const preferences = await readPreferences(trx, customerId);
  if (preferences === undefined) throw new OptiInfraError('NOT_FOUND', `No customer ${customerId}.`);
  const rows = await trx
    .selectFrom('recommendations')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('id', 'in', [...ids])
    .execute();
  const missing = ids.find((id) => !rows.some((row) => row.id === id));
  if (missing !== undefined) throw new OptiInfraError('NOT_FOUND', `No recommendation ${missing}.`);
  const nowMs = services.clock.wallMs();
  for (const { id, status, expires_at } of rows) {
    const open = (status === 'pending' || status === 'validated') && nowMs < expires_at.getTime();
    if (open) continue;
    const state = status === 'pending' || status === 'validated' ? 'expired' : status;
    throw new OptiInfraError('ALREADY_DECIDED', `Recommendation ${id} is ${state}.`);
  }
  const views = await viewRecommendations(trx, rows);
  return { preferences, parties: ids.flatMap((id) => views.find((view) => view.id === id) ?? []) };
}

/** The hybrid as a recommendation like any other: author is the performance agent, the others validate it. */
async function recommend(
  services: OrchestratorServices,
  trx: Trx,
  parties: readonly Recommendation[],
  hybrid: HybridSolution,
  agentId: string | null,
): Promise<string> {
  const members = parties.filter(({ id }) => hybrid.plan.recommendation_ids.includes(id));
  const origin = members.find(({ agent_type }) => agent_type === 'performance') ?? members[0];
  if (origin === undefined) throw new OptiInfraError('INTERNAL', 'A hybrid was made of nothing.');
  return createRecommendation(
    services,
    trx,
    {
      customer_id: origin.customer_id,
      agent_type: 'performance',
      agent_id: agentId,
      analysis_id: origin.analysis_id,
    },
    {
      type: 'hybrid',
      title: `Both on ${hybrid.plan.deployment}: ${hybrid.plan.parts.map(({ kind }) => kind.replaceAll('_', ' ')).join(', then ')}`,
      confidence: hybrid.confidence,
      risk_level: hybrid.risk_level,
      reasons: hybrid.reasons,
      plan: hybrid.plan,
      forecast: hybrid.forecast,
    },
  );
}

/** Who was heard: the authors and those who have judged. */
export function participantsOf(parties: readonly Recommendation[]): readonly AgentType[] {
  const heard = parties.flatMap(({ agent_type, validations }) => [
    agent_type,
    ...validations.map((opinion) => opinion.agent_type),
  ]);
  return [...new Set(heard)].sort();
}

async function announce(
  services: OrchestratorServices,
  trx: Trx,
  resolution: ConflictResolution,
  ids: readonly string[],
  actor: string,
): Promise<void> {
  const { customer_id: customerId, resolution_id, conflicts, resolution_strategy, reasons } = resolution;
  if (resolution.conflict_detected) {
    const data = { resolution_id, recommendation_ids: ids, conflicts };
    await services.outbox.publish(trx, { customerId, type: 'conflict.detected', data });
  }
  const { chosen_recommendation, execution_order, rejected } = resolution;
  const data = {
    resolution_id,
    conflict_detected: resolution.conflict_detected,
    resolution_strategy,
    chosen_recommendation,
    execution_order,
    hybrid_recommendation_id: resolution.hybrid_recommendation_id ?? null,
    rejected,
    reasons,
  };
  await services.outbox.publish(trx, { customerId, type: 'conflict.resolved', data });
  await services.audit.append(trx, {
    customerId,
    actor,
    action: 'conflict.resolved',
    subject: resolution_id,
    data: { ...data, conflicts, recommendation_ids: ids },
  });
}
