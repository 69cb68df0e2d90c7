import type { RunSubject } from '../src/contracts/activities.ts';
import type { ConflictResolution } from '../src/contracts/api/orchestration.ts';
import { stepsOf } from '../src/contracts/api/recommendations.ts';
import type { CoordinationActivities, Proposal } from '../src/contracts/coordination-activities.ts';
import type { ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { recordForecast } from './forecast.ts';
import { nameOf, rulingOf } from './priority-order.ts';

type Input = Parameters<CoordinationActivities['resolveConflict']>[0];
const FROM_ANSWER = 'POST /orchestrator/resolve-conflict';
/** What may carry the decision; exactly one of them is not null. */
const PAYLOADS = ['chosen_recommendation', 'hybrid_solution', 'execution_order'] as const;

/** The platform settles a conflict; its answer beside its row, its audit and the order of priorities worked out again. */
export async function resolveConflict(
  dependencies: ActivityDependencies,
  { subject, proposals, prefix }: Input,
): ReturnType<CoordinationActivities['resolveConflict']> {
  const log = createEvidenceLog(dependencies.harness.clock);
  const resolution = await settleOnce(dependencies, subject, proposals);
  recordAnswer(log, prefix, resolution, proposals);
  await recordRuling(dependencies, log, { subject, proposals, prefix }, resolution);
  await recordWitnesses(dependencies, log, subject, prefix, resolution);
  const hybridId = resolution.hybrid_recommendation_id ?? null;
  if (hybridId !== null) await recordHybrid(dependencies, log, subject, hybridId);
  return {
    evidence: log.evidence,
    notes: [`Strategy: ${resolution.resolution_strategy}`, ...resolution.reasons],
    output: {
      resolutionId: resolution.resolution_id,
      strategy: resolution.resolution_strategy,
      winnerId: resolution.chosen_recommendation ?? hybridId,
      rejectedIds: resolution.rejected.map(({ recommendation_id: id }) => id),
      order: resolution.execution_order,
    },
  };
}

/** Asked again after a killed worker it reads what was settled: a second settlement would replace the first hybrid. */
async function settleOnce(
  { harness, database }: ActivityDependencies,
  { email, customerId }: RunSubject,
  proposals: readonly Proposal[],
): Promise<ConflictResolution> {
  const client = harness.clientOf(email);
  const ids = proposals.map(({ recommendationId }) => recommendationId);
  const [known] = await database.rows<{ id: string }>(
    'SELECT id FROM resolutions WHERE customer_id = $1 AND recommendation_ids = $2::jsonb',
    [customerId, JSON.stringify(ids)],
  );
  if (known !== undefined) return (await client.resolution(known.id)).resolution;
  return client.resolveConflict(customerId, ids);
}

function recordAnswer(
  log: EvidenceLog,
  prefix: string,
  resolution: ConflictResolution,
  proposals: readonly Proposal[],
): void {
  const record = (name: string, value: Parameters<EvidenceLog['record']>[1], unit = 'text'): void =>
    log.record(`${prefix}.${name}`, value, { unit, source: FROM_ANSWER, sampleSize: proposals.length });
  const asked = new Set(proposals.map(({ recommendationId }) => recommendationId));
  const named = (id: string): string => {
    const found = proposals.find(({ recommendationId }) => recommendationId === id);
    return found === undefined ? id : nameOf(found);
  };
  const { conflicts, rejected } = resolution;
  record('conflict-detected', resolution.conflict_detected, 'flag');
  record('kinds', [...new Set(conflicts.map(({ kind }) => kind))].sort());
  record('pairs', conflicts.map(({ between }) => between.map(named).sort().join(' × ')).sort());
  record(
    'conflicts-explained',
    conflicts.every(
      ({ between: [one, other], reason, deployment }) =>
        asked.has(one) && asked.has(other) && one !== other && reason !== '' && deployment !== '',
    ),
    'flag',
  );
  record('strategy', resolution.resolution_strategy);
  record(
    'payloads',
    PAYLOADS.filter((name) => resolution[name] !== null),
  );
  record('reasons', resolution.reasons);
  record('losers', rejected.map(({ recommendation_id: id }) => named(id)).sort());
  record(
    'losers-without-reason',
    rejected.filter(({ reason }) => reason.trim() === '').map(({ recommendation_id: id }) => id),
  );
  record('participants', resolution.participants);
  record('order', resolution.execution_order?.map((group) => group.map(named).sort().join(' + ')) ?? null);
}

async function recordRuling(
  { harness }: ActivityDependencies,
  log: EvidenceLog,
  { subject, proposals, prefix }: Input,
  resolution: ConflictResolution,
): Promise<void> {
  const preferences = await harness.clientOf(subject.email).preferences(subject.customerId);
  const chosen = proposals.find(
    ({ recommendationId }) => recommendationId === resolution.chosen_recommendation,
  );
  const hybridFound = resolution.hybrid_solution !== null;
  const ruling = rulingOf(proposals, preferences, { conflicts: resolution.conflicts, hybridFound });
  const winner = chosen === undefined ? (hybridFound ? 'hybrid' : 'none') : nameOf(chosen);
  const source = 'the order of priorities over the customer’s preferences and the proposals';
  log.record(`${prefix}.winner`, winner, { unit: 'text', source: FROM_ANSWER });
  log.record(`${prefix}.winner-by-order`, ruling.winner, { unit: 'text', source });
  log.record(`${prefix}.strategy-by-order`, ruling.strategy, { unit: 'text', source });
}

async function recordWitnesses(
  { harness, database }: ActivityDependencies,
  log: EvidenceLog,
  subject: RunSubject,
  prefix: string,
  resolution: ConflictResolution,
): Promise<void> {
  const rows = await database.rows<{ strategy: string; payload: ConflictResolution }>(
    'SELECT strategy, payload FROM resolutions WHERE id = $1 AND customer_id = $2',
    [resolution.resolution_id, subject.customerId],
  );
  const [row] = rows;
  log.record(
    `${prefix}.in-database`,
    row?.strategy === resolution.resolution_strategy &&
      told(row.payload.rejected) === told(resolution.rejected) &&
      row.payload.chosen_recommendation === resolution.chosen_recommendation,
    { unit: 'flag', source: 'PostgreSQL resolutions', sampleSize: rows.length },
  );
  const audit = await harness.clientOf(subject.email).audit(subject.customerId);
  const entries = audit.filter(
    ({ action, subject: about }) => action === 'conflict.resolved' && about === resolution.resolution_id,
  );
  const [entry] = entries;
  log.record(
    `${prefix}.audited`,
    entries.length === 1 &&
      entry?.data['resolution_strategy'] === resolution.resolution_strategy &&
      told(entry.data['rejected']) === told(resolution.rejected),
    { unit: 'flag', source: 'GET /customers/{id}/audit', sampleSize: audit.length },
  );
}

/** Losers with their reasons as one text; the stores keep the keys of an object in an order of their own. */
function told(rejected: unknown): string {
  if (!Array.isArray(rejected)) return 'nothing';
  return (rejected as ConflictResolution['rejected'])
    .map(({ recommendation_id: id, reason }) => `${id}: ${reason}`)
    .join('\n');
}

/** The hybrid as the recommendation it became, with a prediction of its own. */
async function recordHybrid(
  { harness }: ActivityDependencies,
  log: EvidenceLog,
  { email }: RunSubject,
  hybridId: string,
): Promise<void> {
  const hybrid = await harness.clientOf(email).recommendation(hybridId);
  const source = 'GET /recommendations/{id}';
  log.record('hybrid.type', hybrid.type, { unit: 'text', source });
  log.record('hybrid.agent', hybrid.agent_type, { unit: 'text', source });
  log.record('hybrid.steps', stepsOf(hybrid.plan), { unit: 'text', source });
  log.record('hybrid.parts', hybrid.plan.kind === 'hybrid' ? hybrid.plan.parts.map(({ kind }) => kind) : [], {
    unit: 'text',
    source,
  });
  log.record('hybrid.reasons', hybrid.reasons, { unit: 'text', source });
  recordForecast(log, hybrid);
}
