import type { RunSubject } from '../src/contracts/activities.ts';
import type { OptimizationPlan, Recommendation } from '../src/contracts/api/recommendations.ts';
import type { CoordinationActivities } from '../src/contracts/coordination-activities.ts';
import type { ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { missingNodes, partsOf, repeats, startsElsewhere, undoes } from './plan-comparison.ts';

/** What is proposed after an execution: nothing done again, nothing undone, nothing that counts on what has gone. */
export async function compareWithExecuted(
  dependencies: ActivityDependencies,
  {
    subject,
    executedRecommendationId,
    proposals,
  }: Parameters<CoordinationActivities['compareWithExecuted']>[0],
): ReturnType<CoordinationActivities['compareWithExecuted']> {
  const { harness, world } = dependencies;
  const client = harness.clientOf(subject.email);
  const log = createEvidenceLog(harness.clock);
  const [executed, site, views] = await Promise.all([
    client.recommendation(executedRecommendationId),
    world.site(subject.siteId),
    Promise.all(proposals.map(({ recommendationId }) => client.recommendation(recommendationId))),
  ]);
  const serving = site.nodes.filter(({ state }) => state === 'ready' || state === 'cold');
  const about = {
    unit: 'text',
    source: 'the world and GET /recommendations/{id}',
    sampleSize: serving.length,
  };
  const done = partsOf(executed.plan);
  const name = ({ id, type }: Recommendation): string => `${type} ${id}`;
  const those = (holds: (plan: OptimizationPlan) => boolean): string[] =>
    views.filter(({ plan }) => partsOf(plan).some(holds)).map(name);
  log.record(
    'replan.repeated',
    those((plan) => done.some((part) => repeats(plan, part))),
    about,
  );
  log.record(
    'replan.undone',
    those((plan) => done.some((part) => undoes(plan, part))),
    about,
  );
  log.record(
    'replan.on-missing-nodes',
    those((plan) => missingNodes(plan, serving).length > 0),
    about,
  );
  log.record(
    'replan.from-another-configuration',
    those((plan) => startsElsewhere(plan, serving)),
    about,
  );
  await recordOlderOffers(dependencies, log, subject, executed);
  return {
    evidence: log.evidence,
    notes: views.map((view) => `Proposed now: ${name(view)} – ${view.title}`),
    output: {},
  };
}

/** What was offered before the execution for the same deployment must have been decided by it. */
async function recordOlderOffers(
  { database }: ActivityDependencies,
  log: EvidenceLog,
  subject: RunSubject,
  executed: Recommendation,
): Promise<void> {
  const older = await database.rows<{ id: string; type: string }>(
    `SELECT id, type FROM recommendations WHERE customer_id = $1 AND status IN ('pending', 'validated')
     AND plan ->> 'deployment' = $2 AND created_at <= (SELECT created_at FROM recommendations WHERE id = $3)`,
    [subject.customerId, executed.plan.deployment, executed.id],
  );
  log.record(
    'replan.older-offers-still-open',
    older.map(({ id, type }) => `${type} ${id}`),
    { unit: 'text', source: 'PostgreSQL recommendations', sampleSize: 1 },
  );
}
