import type { RunSubject } from '../src/contracts/activities.ts';
import type { CoordinationActivities, Settled } from '../src/contracts/coordination-activities.ts';
import { ApiError, openLiveUpdates, waitForCondition } from '../src/client/index.ts';
import type { ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { isTimeout } from './measurements.ts';
import { untilOrTimeout } from './proposals.ts';

type Input<K extends keyof CoordinationActivities> = Parameters<CoordinationActivities[K]>[0];
type Progress = (details: unknown) => void;

const OPINIONS_DEADLINE_MS = 50_000;
const ACKNOWLEDGED_DEADLINE_MS = 25_000;
const AGAIN_EVERY_MS = 200;
const REASON = 'settled by the scenario (automatic)';

/** The customer carries a resolution out; what was decided is then read from the rows and the audit. */
export async function executeResolution(
  dependencies: ActivityDependencies,
  { subject, settled }: Input<'executeResolution'>,
  progress: Progress,
): ReturnType<CoordinationActivities['executeResolution']> {
  const { harness } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const client = harness.clientOf(subject.email);
  const refusals = await executeOnce(dependencies, subject, settled, progress);
  const { optimization_ids: optimizationIds } = await client.resolution(settled.resolutionId);
  log.record('execution.optimizations', optimizationIds, {
    unit: 'text',
    source: 'GET /orchestrator/resolutions/{id}',
  });
  const again = await client
    .executeResolution(subject.customerId, settled.resolutionId, 'executing twice')
    .then(({ optimization_id: id }) => `200 ${id}`)
    .catch((error: unknown) => {
      if (error instanceof ApiError) return `${String(error.status)} ${error.code}`;
      throw error;
    });
  log.record('execution.second-attempt', again, {
    unit: 'text',
    source: 'POST /orchestrator/execute-resolution, again',
  });
  await recordDecisions(dependencies, log, subject, settled, optimizationIds);
  return {
    evidence: log.evidence,
    notes: [...refusals.map((each) => `Waited: ${each}`), `Optimizations: ${optimizationIds.join(', ')}`],
    output: optimizationIds.length === 0 ? null : { optimizationIds },
  };
}

/** Asks until nothing is missing; returns what was still missing, once each. */
async function executeOnce(
  { harness }: ActivityDependencies,
  { email, customerId }: RunSubject,
  { resolutionId }: Settled,
  progress: Progress,
): Promise<readonly string[]> {
  const client = harness.clientOf(email);
  const refusals = new Set<string>();
  // An attempt before this one, whose worker was killed, may have done it.
  if ((await client.resolution(resolutionId)).executed_at !== null) return [];
  try {
    await waitForCondition(
      async () => {
        try {
          const done = await client.executeResolution(customerId, resolutionId, REASON);
          return { done: true, value: done };
        } catch (error) {
          if (!(error instanceof ApiError) || error.code !== 'NOT_VALIDATED') throw error;
          refusals.add(error.code);
          progress(error.message);
          return { done: false, observed: error.message };
        }
      },
      {
        condition: `every opinion on ${resolutionId}`,
        deadlineMs: OPINIONS_DEADLINE_MS,
        intervalMs: AGAIN_EVERY_MS,
        clock: harness.clock,
      },
    );
  } catch (error) {
    // A veto, a loser approved meanwhile, opinions that never come: no optimization is the evidence of it.
    if (!isTimeout(error) && !(error instanceof ApiError)) throw error;
    refusals.add(error instanceof Error ? error.message : String(error));
  }
  return [...refusals];
}

async function recordDecisions(
  { harness, database }: ActivityDependencies,
  log: EvidenceLog,
  { email, customerId }: RunSubject,
  { resolutionId, rejectedIds }: Settled,
  optimizationIds: readonly string[],
): Promise<void> {
  const approvals = await database.rows<{ recommendation_id: string; decision: string; reason: string }>(
    'SELECT recommendation_id, decision, reason FROM approvals WHERE customer_id = $1',
    [customerId],
  );
  const approved = await database.rows<{ id: string }>(
    `SELECT o.id FROM optimizations o JOIN approvals a ON a.recommendation_id = o.recommendation_id
     WHERE o.id = ANY($1::text[]) AND a.decision = 'approved' AND a.reason = $2`,
    [optimizationIds, REASON],
  );
  log.record('execution.approved-in-database', approved.length === optimizationIds.length, {
    unit: 'flag',
    source: 'PostgreSQL approvals',
    sampleSize: approved.length,
  });
  const audit = await harness.clientOf(email).audit(customerId);
  const about = { unit: 'text', sampleSize: rejectedIds.length };
  log.record(
    'execution.losers-not-rejected',
    rejectedIds.filter(
      (id) =>
        !approvals.some(
          (row) =>
            row.recommendation_id === id && row.decision === 'rejected' && row.reason.includes(resolutionId),
        ),
    ),
    { ...about, source: 'PostgreSQL approvals' },
  );
  log.record(
    'execution.losers-not-audited',
    rejectedIds.filter(
      (id) =>
        !audit.some(
          ({ action, subject, data }) =>
            action === 'recommendation.rejected' &&
            subject === id &&
            String(data['reason']).includes(resolutionId),
        ),
    ),
    { ...about, source: 'GET /customers/{id}/audit' },
  );
  log.record(
    'execution.audited',
    audit.filter(({ action, subject }) => action === 'resolution_executed' && subject === resolutionId)
      .length === 1,
    { unit: 'flag', source: 'GET /customers/{id}/audit', sampleSize: audit.length },
  );
}

/** Every participant was told, and has taken note: rows, answer, audit and event say the same. */
export async function readAcknowledgements(
  { harness, database }: ActivityDependencies,
  { subject, resolutionId }: Input<'readAcknowledgements'>,
): ReturnType<CoordinationActivities['readAcknowledgements']> {
  const { clock } = harness;
  const client = harness.clientOf(subject.email);
  const log = createEvidenceLog(clock);
  await using live = openLiveUpdates({
    baseUrl: harness.environment.urls.orchestrator,
    customerId: subject.customerId,
    accessToken: () => client.accessToken(),
    clock,
  });
  const { resolution } = await client.resolution(resolutionId);
  const events = () =>
    live
      .received()
      .filter(({ type, data }) => type === 'resolution_executed' && data['resolution_id'] === resolutionId);
  await untilOrTimeout(
    async () => {
      const { acknowledged_by: agents } = await client.resolution(resolutionId);
      return resolution.participants.every((each) => agents.includes(each)) && events().length > 0;
    },
    {
      condition: `acknowledgements of ${resolutionId}`,
      deadlineMs: ACKNOWLEDGED_DEADLINE_MS,
      clock,
    },
  );
  const { acknowledged_by: acknowledged } = await client.resolution(resolutionId);
  const tasks = await database.rows<{ agent_type: string }>(
    `SELECT agent_type FROM tasks WHERE resolution_id = $1 AND type = 'resolution_executed'
     AND status = 'completed' ORDER BY agent_type`,
    [resolutionId],
  );
  const audit = await client.audit(subject.customerId);
  const noted = audit.filter(
    (entry) => entry.action === 'resolution.acknowledged' && entry.subject === resolutionId,
  );
  const record = (name: string, value: Parameters<EvidenceLog['record']>[1], source: string): void =>
    log.record(`told.${name}`, value, {
      unit: typeof value === 'number' ? 'count' : 'text',
      source,
      sampleSize: resolution.participants.length,
    });
  record('participants', [...resolution.participants].sort(), 'GET /orchestrator/resolutions/{id}');
  record(
    'tasks',
    tasks.map(({ agent_type: agent }) => agent),
    'PostgreSQL tasks',
  );
  record('acknowledged', [...acknowledged].sort(), 'GET /orchestrator/resolutions/{id}');
  record('audited', noted.map(({ data }) => String(data['agent_type'])).sort(), 'GET /customers/{id}/audit');
  record('events', events().length, 'WS /ws/customers/{id}');
  return { evidence: log.evidence, notes: [`Acknowledged by ${acknowledged.join(', ')}`], output: {} };
}
