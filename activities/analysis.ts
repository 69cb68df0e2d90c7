import type { AnalysisActivities, RunSubject } from '../src/contracts/activities.ts';
import type { Recommendation, Validation } from '../src/contracts/api/recommendations.ts';
import { waitForRecommendation } from '../src/client/index.ts';
import type { Harness } from '../src/fixtures/index.ts';
import { toTimestamp } from '../src/support/clock.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { isTimeout, showUsd } from './measurements.ts';

const RECOMMENDATION_DEADLINE_MS = 110_000;
const VALIDATION_DEADLINE_MS = 55_000;
const FROM_API = 'GET /customers/{id}/recommendations';

/** Phases 2 to 4: the analysis, what it recommends, what the other agents say of it. */
export function createAnalysisActivities(dependencies: ActivityDependencies): AnalysisActivities {
  return {
    triggerAnalysis: ({ subject }) => heartbeating(() => triggerAnalysis(dependencies, subject)),
    awaitRecommendation: (input) =>
      heartbeating((progress, signal) => awaitRecommendation(dependencies, input, { progress, signal })),
    awaitValidations: (input) =>
      heartbeating((progress, signal) => awaitValidations(dependencies, input, { progress, signal })),
  };
}

interface Beat {
  readonly progress: (details: unknown) => void;
  readonly signal: AbortSignal;
}
type Input<K extends keyof AnalysisActivities> = Parameters<AnalysisActivities[K]>[0];

async function triggerAnalysis(
  { harness, database }: ActivityDependencies,
  subject: RunSubject,
): ReturnType<AnalysisActivities['triggerAnalysis']> {
  const { clock } = harness;
  const log = createEvidenceLog(clock);
  const startedAt = toTimestamp(clock.wallMs());
  const { analysis_id: analysisId } = await harness
    .clientOf(subject.email)
    .analyze(subject.customerId, 'cost', `${subject.runId}-analysis`);
  log.record('analysis.id', [analysisId], { unit: 'text', source: 'POST /customers/{id}/analyze' });
  const tasks = await database.rows<{ agent_type: string }>(
    `SELECT agent_type FROM tasks WHERE customer_id = $1 AND type = 'analyze'`,
    [subject.customerId],
  );
  log.record('analysis.task-at-cost-agent-only', tasks.length === 1 && tasks[0]?.agent_type === 'cost', {
    unit: 'flag',
    source: 'PostgreSQL tasks',
    sampleSize: tasks.length,
  });
  return { evidence: log.evidence, notes: [`Analysis ID: ${analysisId}`], output: { analysisId, startedAt } };
}

async function awaitRecommendation(
  { harness, database }: ActivityDependencies,
  { subject, analysisId, startedAt }: Input<'awaitRecommendation'>,
  beat: Beat,
): ReturnType<AnalysisActivities['awaitRecommendation']> {
  const log = createEvidenceLog(harness.clock);
  const isOurs = (each: Recommendation): boolean => each.analysis_id === analysisId;
  const found = await findRecommendation(harness, subject, isOurs, RECOMMENDATION_DEADLINE_MS, beat);
  if (found === null) return { evidence: [], notes: ['No recommendation appeared'], output: null };
  recordRecommendation(log, found);
  log.record('recommendation.seconds', (Date.parse(found.created_at) - Date.parse(startedAt)) / 1000, {
    unit: 's',
    source: 'trigger to created_at',
  });
  const rows = await database.rows<{ type: string; savings: number }>(
    'SELECT type, estimated_savings_usd_per_month AS savings FROM recommendations WHERE id = $1 AND customer_id = $2',
    [found.id, subject.customerId],
  );
  const [row] = rows;
  const same = row?.type === found.type && Math.abs(row.savings - found.estimated_savings) < 0.01;
  log.record('recommendation.in-database', same, {
    unit: 'flag',
    source: 'PostgreSQL recommendations',
    sampleSize: rows.length,
  });
  return { evidence: log.evidence, notes: describe(found), output: { recommendationId: found.id } };
}

async function awaitValidations(
  dependencies: ActivityDependencies,
  { subject, recommendationId }: Input<'awaitValidations'>,
  beat: Beat,
): ReturnType<AnalysisActivities['awaitValidations']> {
  const { harness } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const settled = (each: Recommendation): boolean =>
    each.id === recommendationId && (each.status !== 'pending' || each.validations.some(isVeto));
  await findRecommendation(harness, subject, settled, VALIDATION_DEADLINE_MS, beat);
  const found = await harness.clientOf(subject.email).recommendation(recommendationId);
  await recordValidations(dependencies, log, subject, found);
  return {
    evidence: log.evidence,
    notes: found.validations.map((each) => `${each.agent_type}: ${each.verdict} – ${each.reasons.join(' ')}`),
    output: {},
  };
}

/** Null when none matched in time: evidence for the gates. */
async function findRecommendation(
  harness: Harness,
  subject: RunSubject,
  matches: (recommendation: Recommendation) => boolean,
  deadlineMs: number,
  { progress, signal }: Beat,
): Promise<Recommendation | null> {
  const settings = { clock: harness.clock, deadlineMs, intervalMs: 150, signal, onObservation: progress };
  try {
    return await waitForRecommendation(
      harness.clientOf(subject.email),
      subject.customerId,
      matches,
      settings,
    );
  } catch (error) {
    if (isTimeout(error)) return null;
    throw error;
  }
}

function isVeto({ verdict }: Validation): boolean {
  return verdict === 'veto';
}

function recordRecommendation(log: EvidenceLog, found: Recommendation): void {
  const { low, high } = found.estimated_savings_range;
  const record = (name: string, value: Parameters<EvidenceLog['record']>[1], unit: string): void =>
    log.record(name, value, { unit, source: FROM_API });
  record('recommendation.type', found.type, 'text');
  record('recommendation.agent', found.agent_type, 'text');
  record('recommendation.risk', found.risk_level, 'text');
  record('recommendation.savings', found.estimated_savings, 'USD/month');
  record(
    'recommendation.range-holds-estimate',
    low < high && low <= found.estimated_savings && found.estimated_savings <= high,
    'flag',
  );
  record('recommendation.reasons', found.reasons, 'text');
  record('plan.replace', found.plan.replace_instance_ids, 'text');
  record('plan.zones', [...new Set(found.plan.spot_nodes.map(({ zone }) => zone))], 'text');
  record('plan.kept-on-demand-share', found.plan.kept_on_demand_share, 'share');
}

function describe(found: Recommendation): string[] {
  const { low, high } = found.estimated_savings_range;
  return [
    `Recommendation generated: ${found.id}`,
    `Estimated savings: ${showUsd(found.estimated_savings)}/month (${showUsd(low)} – ${showUsd(high)}), risk ${found.risk_level}`,
  ];
}

async function recordValidations(
  { harness, database }: ActivityDependencies,
  log: EvidenceLog,
  subject: RunSubject,
  found: Recommendation,
): Promise<void> {
  const approved = await database.rows<{ agent_type: string }>(
    `SELECT agent_type FROM validations WHERE recommendation_id = $1 AND customer_id = $2 AND verdict <> 'veto' ORDER BY agent_type`,
    [found.id, subject.customerId],
  );
  const { slo } = await harness.clientOf(subject.email).preferences(subject.customerId);
  const performance = found.validations.find((each) => each.agent_type === 'performance');
  const baseline = found.validations.find((each) => each.agent_type === 'application')?.baseline ?? null;
  log.record('recommendation.status', found.status, { unit: 'text', source: FROM_API });
  log.record(
    'validation.approved-by.database',
    approved.map((row) => row.agent_type),
    {
      unit: 'text',
      source: 'PostgreSQL validations',
      sampleSize: approved.length,
    },
  );
  log.record('validation.vetoes', found.validations.filter(isVeto).length, {
    unit: 'count',
    source: FROM_API,
  });
  log.record('slo.latency.p95-degraded', slo.latency_ms_p95_degraded, {
    unit: 'ms',
    source: 'customer preferences',
  });
  log.record(
    'validation.performance.predicted-p95-one-node-missing',
    performance?.figures['predicted_latency_ms_p95_one_node_missing'] ?? null,
    { unit: 'ms', source: 'performance agent', sampleSize: performance?.figures['request_samples'] ?? null },
  );
  log.record('validation.application.baseline', baseline?.mean_score ?? null, {
    unit: 'score',
    source: 'application agent',
    sampleSize: baseline?.sample_size ?? null,
  });
  log.record(
    'validation.application.baseline-interval-width',
    baseline === null ? null : baseline.interval.high - baseline.interval.low,
    { unit: 'score', source: 'application agent', sampleSize: baseline?.sample_size ?? null },
  );
}
