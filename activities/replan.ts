import type { SiteNode } from '../src/contracts/world.ts';
import type { EngineConfiguration } from '../src/contracts/api/customers.ts';
import type { OptimizationPlan, Recommendation } from '../src/contracts/api/recommendations.ts';
import type { CoordinationActivities } from '../src/contracts/coordination-activities.ts';
import type { ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';

/** What is proposed after an execution: nothing done again, nothing undone, nothing that counts on what has gone. */
export async function compareWithExecuted(
  { harness, world, database }: ActivityDependencies,
  {
    subject,
    executedRecommendationId,
    proposals,
  }: Parameters<CoordinationActivities['compareWithExecuted']>[0],
): ReturnType<CoordinationActivities['compareWithExecuted']> {
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
  const older = await database.rows<{ id: string; type: string }>(
    `SELECT id, type FROM recommendations WHERE customer_id = $1 AND status IN ('pending', 'validated')
     AND plan ->> 'deployment' = $2 AND created_at <= (SELECT created_at FROM recommendations WHERE id = $3)`,
    [subject.customerId, executed.plan.deployment, executedRecommendationId],
  );
  log.record(
    'replan.older-offers-still-open',
    older.map(({ id, type }) => `${type} ${id}`),
    { unit: 'text', source: 'PostgreSQL recommendations', sampleSize: serving.length },
  );
  return {
    evidence: log.evidence,
    notes: views.map((view) => `Proposed now: ${name(view)} – ${view.title}`),
    output: {},
  };
}

type Part = Exclude<OptimizationPlan, { kind: 'hybrid' }>;

function partsOf(plan: OptimizationPlan): readonly Part[] {
  return plan.kind === 'hybrid' ? plan.parts : [plan];
}

/** The same action at the same deployment to the same end. */
function repeats(plan: OptimizationPlan, done: Part): boolean {
  if (plan.kind !== done.kind || plan.deployment !== done.deployment) return false;
  if (plan.kind === 'configuration_change' && done.kind === 'configuration_change')
    return changes(plan).every((setting) => plan.to[setting] === done.to[setting]);
  return instancesOf(plan).some((id) => instancesOf(done).includes(id));
}

/** A setting that was changed would be changed again: back, or to a third value that was no better a moment ago. */
function undoes(plan: OptimizationPlan, done: Part): boolean {
  if (plan.kind !== 'configuration_change' || done.kind !== 'configuration_change') return false;
  const before = changes(done);
  return plan.deployment === done.deployment && changes(plan).some((setting) => before.includes(setting));
}

function changes({
  from,
  to,
}: Extract<OptimizationPlan, { kind: 'configuration_change' }>): readonly (keyof EngineConfiguration)[] {
  return (Object.keys(to) as (keyof EngineConfiguration)[]).filter((name) => from[name] !== to[name]);
}

function missingNodes(plan: OptimizationPlan, serving: readonly SiteNode[]): readonly string[] {
  return instancesOf(plan).filter((id) => !serving.some(({ instanceId }) => instanceId === id));
}

/** What a plan changes or takes away. */
function instancesOf(plan: OptimizationPlan): readonly string[] {
  switch (plan.kind) {
    case 'configuration_change':
      return plan.instance_ids;
    case 'scale_in':
      return plan.retire_instance_ids;
    case 'spot_migration':
    case 'placement':
      return plan.replace_instance_ids;
    case 'replacement':
      return [plan.lost_instance_id];
    case 'hybrid':
      return plan.parts.flatMap(instancesOf);
  }
}

function startsElsewhere(plan: OptimizationPlan, serving: readonly SiteNode[]): boolean {
  if (plan.kind !== 'configuration_change') return false;
  const own = serving.filter(({ instanceId }) => plan.instance_ids.includes(instanceId));
  return own.some(({ engineConfiguration }) =>
    (Object.keys(plan.from) as (keyof EngineConfiguration)[]).some(
      (setting) => plan.from[setting] !== engineConfiguration[setting],
    ),
  );
}
