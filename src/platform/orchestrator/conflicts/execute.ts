import type {
  ConflictResolution,
  ExecuteResolutionRequest,
  ExecuteResolutionResponse,
} from '../../../contracts/api/orchestration.ts';
import type { Recommendation, Validation } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { approvalOf, approveLocked, recordDecision, type Decision } from '../recommendations/decisions.ts';
import { lockRecommendation, readValidations, type RecommendationRow } from '../recommendations/store.ts';
import { viewRecommendations } from '../recommendations/views.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { createTask } from '../tasks/store.ts';
import { addDependencies } from './dependencies.ts';
import { inDependencyOrder } from './dependency-graph.ts';
import { graphOf } from './detection.ts';
import { participantsOf } from './resolve.ts';
import { goesAfter } from './sequence.ts';
import { lockResolution, type ResolutionRow } from './store.ts';

interface Candidate {
  readonly row: RecommendationRow;
  readonly view: Recommendation;
  readonly opinions: readonly Validation[];
}

/**
 * Carries a resolution out: approves what it keeps, rejects what it does not, and tells every participant, all in one
 * transaction or not at all.
 * @throws OptiInfraError `ALREADY_DECIDED`, or `NOT_VALIDATED` naming everything that is missing.
 */
export async function executeResolution(
  services: OrchestratorServices,
  { customer_id: customerId, resolution_id: id, reason }: ExecuteResolutionRequest,
  actor: string,
): Promise<ExecuteResolutionResponse> {
  const optimizationIds = await services.database.asCustomer(customerId, async (trx) => {
    const row = await lockResolution(trx, customerId, id);
    if (row.executed_at !== null) {
      throw new OptiInfraError('ALREADY_DECIDED', `Resolution ${id} was executed already.`);
    }
    const candidates = await lockAll(trx, row);
    const kept = inOrder(idsToExecute(row).flatMap((kept) => candidates.get(kept) ?? []));
    requireApprovable(services, kept);
    await rejectLosers(services, trx, row.payload, candidates, { actor, reason });
    await enforceOrder(trx, customerId, row.payload, kept);
    const ids: string[] = [];
    for (const { row: recommendation, opinions } of kept) {
      ids.push(await approveLocked(services, trx, recommendation, opinions, { actor, reason }));
    }
    await tell(services, trx, row, [...candidates.values()], { actor, reason }, ids);
    return ids;
  });
  services.flow.signals.notify('tasks');
  services.flow.signals.notify('deliveries');
  const [first] = optimizationIds;
  if (first === undefined) throw new OptiInfraError('INTERNAL', `Resolution ${id} executes nothing.`);
  return { resolution_id: id, optimization_id: first, optimization_ids: optimizationIds };
}

function inOrder(kept: readonly Candidate[]): readonly Candidate[] {
  const byId = new Map(kept.map((candidate) => [candidate.view.id, candidate]));
  const graph = graphOf(kept.map(({ view }) => view));
  return inDependencyOrder([...byId.keys()], graph).flatMap((id) => byId.get(id) ?? []);
}

/** What is carried out, the decisive one first, then in the order of execution. */
function idsToExecute({ payload, recommendation_ids, hybrid_recommendation_id }: ResolutionRow): string[] {
  const { rejected, chosen_recommendation: chosen, execution_order: groups } = payload;
  const gone = new Set(rejected.map(({ recommendation_id }) => recommendation_id));
  const first = [hybrid_recommendation_id, chosen].filter((id) => id !== null);
  const ordered = groups?.flat() ?? recommendation_ids;
  return [...new Set([...first, ...ordered.filter((id) => !gone.has(id))])];
}

/** In the order of ids, so that two executions never wait for each other. */
async function lockAll(trx: Trx, resolution: ResolutionRow): Promise<ReadonlyMap<string, Candidate>> {
  const { hybrid_recommendation_id: hybrid, recommendation_ids } = resolution;
  const ids = [...recommendation_ids, ...(hybrid === null ? [] : [hybrid])].sort();
  const candidates = new Map<string, Candidate>();
  for (const id of ids) {
    const row = await lockRecommendation(trx, id);
    if (row === undefined) throw new OptiInfraError('NOT_FOUND', `No recommendation ${id}.`);
    const [view] = await viewRecommendations(trx, [row]);
    const opinions = (await readValidations(trx, [id])).get(id) ?? [];
    if (view !== undefined) candidates.set(id, { row, view, opinions });
  }
  return candidates;
}

function requireApprovable(services: OrchestratorServices, kept: readonly Candidate[]): void {
  const refusals = kept.flatMap(({ row, opinions }) => {
    const check = approvalOf(row, opinions, services.clock.wallMs());
    return check.allowed ? [] : [{ code: check.code, why: `${row.id}: ${check.why}` }];
  });
  const worst = refusals.find(({ code }) => code === 'ALREADY_DECIDED') ?? refusals[0];
  if (worst === undefined) return;
  throw new OptiInfraError(worst.code, `Not yet executable. ${refusals.map(({ why }) => why).join(' ')}`);
}

/** A loser that somebody has approved meanwhile is under way: the resolution no longer fits. */
async function rejectLosers(
  services: OrchestratorServices,
  trx: Trx,
  { resolution_id, rejected }: ConflictResolution,
  candidates: ReadonlyMap<string, Candidate>,
  { actor, reason }: Decision,
): Promise<void> {
  for (const { recommendation_id, reason: why } of rejected) {
    const row = candidates.get(recommendation_id)?.row;
    if (row === undefined || row.status === 'rejected' || row.status === 'expired') continue;
    if (row.status !== 'pending' && row.status !== 'validated') {
      throw new OptiInfraError(
        'ALREADY_DECIDED',
        `Recommendation ${row.id} is ${row.status}; resolve again.`,
      );
    }
    const words = `Resolution ${resolution_id}: ${why} (${reason})`;
    await recordDecision(services, trx, row, 'rejected', { actor, reason: words });
  }
}

/** What shares something with an earlier group begins when that has completed; what is disjoint need not wait. */
async function enforceOrder(
  trx: Trx,
  customerId: string,
  { execution_order: groups }: ConflictResolution,
  kept: readonly Candidate[],
): Promise<void> {
  if (groups === null) return;
  const byId = new Map(kept.map(({ view }) => [view.id, view]));
  for (const [index, group] of groups.entries()) {
    const earlier = groups
      .slice(0, index)
      .flat()
      .flatMap((id) => byId.get(id) ?? []);
    for (const party of group.flatMap((id) => byId.get(id) ?? [])) {
      const needed = earlier.filter((other) => goesAfter(party, other)).map(({ id }) => id);
      await addDependencies(trx, customerId, party.id, needed);
    }
  }
}

async function tell(
  services: OrchestratorServices,
  trx: Trx,
  { customer_id: customerId, payload, id }: ResolutionRow,
  candidates: readonly Candidate[],
  { actor, reason }: Decision,
  optimizationIds: readonly string[],
): Promise<void> {
  const nowMs = services.clock.wallMs();
  const participants = participantsOf(candidates.map(({ view }) => view));
  const resolution: ConflictResolution = { ...payload, participants };
  await trx
    .updateTable('resolutions')
    .set({
      payload: JSON.stringify(resolution),
      executed_at: new Date(nowMs),
      executed_by: actor,
      optimization_ids: JSON.stringify(optimizationIds),
    })
    .where('id', '=', id)
    .execute();
  for (const agentType of participants) {
    const task = {
      task_id: services.ids('tsk'),
      type: 'resolution_executed' as const,
      customer_id: customerId,
      resolution,
      optimization_ids: optimizationIds,
    };
    await createTask(trx, { agentType, internal: true, resolutionId: id, task }, nowMs);
  }
  const data = {
    resolution_id: id,
    resolution_strategy: payload.resolution_strategy,
    optimization_ids: optimizationIds,
    rejected: payload.rejected,
    participants,
    reason,
  };
  await services.outbox.publish(trx, { customerId, type: 'resolution_executed', data });
  await services.audit.append(trx, {
    customerId,
    actor,
    action: 'resolution_executed',
    subject: id,
    data,
  });
}
