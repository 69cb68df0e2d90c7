import type { QualityActivities } from '../src/contracts/quality-activities.ts';
import { awaitDeployed } from './deployed-change.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { readBaseline } from './golden-baseline.ts';
import { awaitComparison } from './golden-comparison.ts';

/** Golden prompts and what follows from them, each claim looked up where it must show. */
export function createQualityActivities(dependencies: ActivityDependencies): QualityActivities {
  return {
    readBaseline: (input) => heartbeating((progress) => readBaseline(dependencies, input, progress)),
    awaitDeployed: (input) => heartbeating((progress) => awaitDeployed(dependencies, input, progress)),
    awaitComparison: (input) => heartbeating((progress) => awaitComparison(dependencies, input, progress)),
    readDecisions: (input) => heartbeating(() => readDecisions(dependencies, input)),
  };
}

async function readDecisions(
  { harness, database }: ActivityDependencies,
  { subject, recommendationId }: Parameters<QualityActivities['readDecisions']>[0],
): ReturnType<QualityActivities['readDecisions']> {
  const log = createEvidenceLog(harness.clock);
  const [rows, entries] = await Promise.all([
    database.rows<{ recommendation_id: string; decided_by: string }>(
      'SELECT recommendation_id, decided_by FROM approvals WHERE customer_id = $1',
      [subject.customerId],
    ),
    harness.clientOf(subject.email).audit(subject.customerId),
  ]);
  const own = rows.find((row) => row.recommendation_id === recommendationId);
  const audited = entries.find(
    (entry) => entry.action === 'recommendation.approved' && entry.subject === recommendationId,
  );
  const people = rows.filter(({ decided_by: by }) => !by.startsWith('system:'));
  const about = { source: 'PostgreSQL approvals', sampleSize: rows.length };
  log.record('decisions.by', own?.decided_by ?? null, { unit: 'text', ...about });
  log.record('decisions.by.audit', audited?.actor ?? null, {
    unit: 'text',
    source: 'GET /customers/{id}/audit',
    sampleSize: entries.length,
  });
  log.record('decisions.by-people', people.length, { unit: 'count', ...about });
  return { evidence: log.evidence, notes: [`Decided by ${own?.decided_by ?? 'nobody'}`], output: {} };
}
