import type { ApprovalActivities, RunSubject } from '../src/contracts/activities.ts';
import type { ApprovalDecision } from '../src/contracts/runs.ts';
import { ApiError, waitForCondition } from '../src/client/index.ts';
import type { Harness } from '../src/fixtures/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';

interface ApprovalRow {
  readonly decision: string;
  readonly decided_by: string;
  readonly reason: string;
}

/** Phase 5: the customer's decision, whoever brings it. */
export function createApprovalActivities(dependencies: ActivityDependencies): ApprovalActivities {
  return {
    approve: (input) => heartbeating(() => decide(dependencies, input)),
    awaitDecisionElsewhere: ({ recommendationId }) =>
      heartbeating((progress, signal) => awaitDecision(dependencies, recommendationId, progress, signal)),
    recordDecision: ({ subject, recommendationId }) =>
      heartbeating(() => observeDecision(dependencies, subject, recommendationId)),
  };
}

async function decide(
  dependencies: ActivityDependencies,
  { subject, recommendationId, decision }: Parameters<ApprovalActivities['approve']>[0],
): ReturnType<ApprovalActivities['approve']> {
  const client = dependencies.harness.clientOf(subject.email);
  const reason = `${decision.reason} (${decision.by})`;
  // Repeated after a lost answer: what is decided already is read, not decided again.
  if ((await decisionOn(dependencies, recommendationId)) === undefined) {
    if (decision.decision === 'approve') await client.approve(recommendationId, reason);
    else await client.reject(recommendationId, reason);
  }
  return observeDecision(dependencies, subject, recommendationId);
}

async function decisionOn(
  { database }: ActivityDependencies,
  recommendationId: string,
): Promise<ApprovalRow | undefined> {
  const rows = await database.rows<ApprovalRow & Record<string, unknown>>(
    'SELECT decision, decided_by, reason FROM approvals WHERE recommendation_id = $1',
    [recommendationId],
  );
  return rows[0];
}

async function awaitDecision(
  dependencies: ActivityDependencies,
  recommendationId: string,
  progress: (details: unknown) => void,
  signal: AbortSignal,
): Promise<ApprovalDecision> {
  return waitForCondition<ApprovalDecision>(
    async () => {
      const row = await decisionOn(dependencies, recommendationId);
      if (row === undefined) return { done: false, observed: 'no decision' };
      const decision = row.decision === 'approved' ? 'approve' : 'reject';
      return { done: true, value: { decision, by: row.decided_by, reason: row.reason } };
    },
    {
      condition: `a decision on ${recommendationId}`,
      // The workflow holds the deadline and cancels the wait.
      deadlineMs: Number.POSITIVE_INFINITY,
      signal,
      intervalMs: 1_000,
      clock: dependencies.harness.clock,
      onObservation: progress,
    },
  );
}

async function observeDecision(
  dependencies: ActivityDependencies,
  subject: RunSubject,
  recommendationId: string,
): ReturnType<ApprovalActivities['approve']> {
  const { harness, database } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const [optimization] = await database.rows<{ id: string }>(
    'SELECT id FROM optimizations WHERE recommendation_id = $1',
    [recommendationId],
  );
  log.record('approval.optimization', optimization === undefined ? [] : [optimization.id], {
    unit: 'text',
    source: 'PostgreSQL optimizations',
  });
  log.record('approval.second-attempt', await approveAgain(harness, subject, recommendationId), {
    unit: 'text',
    source: 'POST /recommendations/{id}/approve, again',
  });
  const row = await decisionOn(dependencies, recommendationId);
  recordApproval(log, row);
  await recordAudit(harness, log, subject, recommendationId);
  const who = row === undefined ? 'nobody' : `${row.decided_by}: ${row.reason}`;
  if (optimization === undefined)
    return { evidence: log.evidence, notes: [`Not approved (${who})`], output: null };
  const notes = [`Approved by ${who}`, `Optimization ID: ${optimization.id}`];
  return { evidence: log.evidence, notes, output: { optimizationId: optimization.id } };
}

async function approveAgain(
  harness: Harness,
  subject: RunSubject,
  recommendationId: string,
): Promise<string> {
  try {
    const { optimization_id: id } = await harness
      .clientOf(subject.email)
      .approve(recommendationId, 'approving twice');
    return `200 ${id}`;
  } catch (error) {
    if (error instanceof ApiError) return `${String(error.status)} ${error.code}`;
    throw error;
  }
}

async function recordAudit(
  harness: Harness,
  log: EvidenceLog,
  subject: RunSubject,
  recommendationId: string,
): Promise<void> {
  const audit = await harness.clientOf(subject.email).audit(subject.customerId);
  const entries = audit.filter(
    (entry) => entry.action === 'recommendation.approved' && entry.subject === recommendationId,
  );
  log.record('approval.audited', entries.length === 1, {
    unit: 'flag',
    source: 'GET /customers/{id}/audit',
    sampleSize: audit.length,
  });
}

function recordApproval(log: EvidenceLog, row: ApprovalRow | undefined): void {
  const complete = row?.decision === 'approved' && row.decided_by !== '' && row.reason !== '';
  log.record('approval.in-database', complete, {
    unit: 'flag',
    source: 'PostgreSQL approvals',
    sampleSize: row === undefined ? 0 : 1,
  });
}
