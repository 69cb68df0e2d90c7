import type { AnalysisActivities, RunSubject } from '../src/contracts/activities.ts';
import type { AgentType } from '../src/contracts/api/common.ts';
import type { EngineConfiguration } from '../src/contracts/api/customers.ts';
import type { OptimizationPlan, Recommendation, Validation } from '../src/contracts/api/recommendations.ts';
import type { EvidenceValue } from '../src/contracts/runs.ts';
import { waitForCondition, waitForRecommendation } from '../src/client/index.ts';
import type { Harness } from '../src/fixtures/index.ts';
import { toTimestamp } from '../src/support/clock.ts';
import { awaitAnalysisEnd } from './analysis-end.ts';
import { type ActivityDependencies, attemptKey, heartbeating } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { recordForecast } from './forecast.ts';
import { isTimeout, showUsd } from './measurements.ts';

const RECOMMENDATION_DEADLINE_MS = 110_000;
const VALIDATION_DEADLINE_MS = 55_000;
const GIVEN_UP = ['failed', 'rolled_back'];
const FROM_API = 'GET /customers/{id}/recommendations';

/** Phases 2 to 4: the analysis, what it recommends, what the other agents say of it. */
export function createAnalysisActivities(dependencies: ActivityDependencies): AnalysisActivities {
  return {
    triggerAnalysis: ({ subject, agentType = 'cost' }) =>
      heartbeating(() => triggerAnalysis(dependencies, subject, agentType)),
    awaitRecommendation: (input) =>
      heartbeating((progress, signal) => awaitRecommendation(dependencies, input, { progress, signal })),
    awaitValidations: (input) =>
      heartbeating((progress, signal) => awaitValidations(dependencies, input, { progress, signal })),
    awaitOwnAccord: (input) =>
      heartbeating((progress, signal) => awaitOwnAccord(dependencies, input, { progress, signal })),
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
  agentType: AgentType,
): ReturnType<AnalysisActivities['triggerAnalysis']> {
  const { clock } = harness;
  const log = createEvidenceLog(clock);
  const startedAt = toTimestamp(clock.wallMs());
  const { analysis_id: analysisId } = await harness
    .clientOf(subject.email)
    .analyze(subject.customerId, agentType, keyOf(agentType));
  log.record('analysis.id', [analysisId], { unit: 'text', source: 'POST /customers/{id}/analyze' });
  const tasks = await database.rows<{ agent_type: string }>(
    `SELECT agent_type FROM tasks WHERE customer_id = $1 AND type = 'analyze' AND analysis_id = $2`,
    [subject.customerId, analysisId],
  );
  log.record(
    `analysis.task-at-${agentType}-agent-only`,
    tasks.length === 1 && tasks[0]?.agent_type === agentType,
    { unit: 'flag', source: 'PostgreSQL tasks', sampleSize: tasks.length },
  );
  return { evidence: log.evidence, notes: [`Analysis ID: ${analysisId}`], output: { analysisId, startedAt } };
}

/** The same analysis of an attempt is asked for once, however often its activity runs. */
function keyOf(agentType: AgentType): string {
  return `${attemptKey()}-${agentType}-analysis`;
}

async function awaitRecommendation(
  dependencies: ActivityDependencies,
  { subject, analysisId, startedAt, type, deployment }: Input<'awaitRecommendation'>,
  beat: Beat,
): ReturnType<AnalysisActivities['awaitRecommendation']> {
  const { harness, database } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const isOurs = (each: Recommendation): boolean =>
    each.analysis_id === analysisId &&
    (type === undefined || each.type === type) &&
    (deployment === undefined || each.plan.deployment === deployment);
  const found = await findOnceAnalysed(dependencies, { subject, analysisId, isOurs }, beat);
  if (typeof found === 'string') return { evidence: [], notes: [found], output: null };
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

interface OwnAccordRow {
  readonly id: string;
  readonly optimization_id: string | null;
  readonly status: string;
  readonly created_at: Date;
  readonly agent_type: string;
}

function recordOwnAccord(log: EvidenceLog, rows: readonly OwnAccordRow[], sinceAt: string): void {
  const about = { unit: 'text', source: 'PostgreSQL recommendations', sampleSize: rows.length };
  const [first] = rows;
  log.record(
    'own-accord.recommendations',
    rows.map(({ id }) => id),
    about,
  );
  log.record('own-accord.count', rows.length, { ...about, unit: 'count' });
  log.record('own-accord.agent', first?.agent_type ?? null, about);
  log.record(
    'own-accord.seconds',
    first === undefined ? null : (first.created_at.getTime() - Date.parse(sinceAt)) / 1000,
    { unit: 's', source: 'cause to created_at' },
  );
  log.record(
    'own-accord.optimizations',
    rows.flatMap(({ optimization_id: id }) => (id === null ? [] : [id])),
    { unit: 'text', source: 'PostgreSQL optimizations' },
  );
}

/** What nobody asked for: the platform saw a cause, recommended and approved by its own policy. */
async function awaitOwnAccord(
  { harness, database }: ActivityDependencies,
  { subject, type, sinceAt, passOverFailed = false }: Input<'awaitOwnAccord'>,
  { progress, signal }: Beat,
): ReturnType<AnalysisActivities['awaitOwnAccord']> {
  const log = createEvidenceLog(harness.clock);
  const look = () =>
    database.rows<OwnAccordRow>(
      `SELECT r.id, o.id AS optimization_id, r.status, r.created_at, r.agent_type FROM recommendations r
       LEFT JOIN optimizations o ON o.recommendation_id = r.id
       WHERE r.customer_id = $1 AND r.type = $2 AND r.created_at >= $3 ORDER BY r.created_at`,
      [subject.customerId, type, sinceAt],
    );
  const found = await waitForCondition(
    async () => {
      const row = (await look()).find(({ status }) => !passOverFailed || !GIVEN_UP.includes(status));
      progress(row ?? `no ${type} yet`);
      return row === undefined || row.optimization_id === null
        ? ({ done: false, observed: row ?? 'no row' } as const)
        : ({ done: true, value: row } as const);
    },
    {
      condition: `a ${type} by the platform's own accord`,
      deadlineMs: RECOMMENDATION_DEADLINE_MS,
      intervalMs: 150,
      clock: harness.clock,
      signal,
    },
  ).catch((error: unknown) => {
    if (isTimeout(error)) return null;
    throw error;
  });
  recordOwnAccord(log, await look(), sinceAt);
  if (found !== null) recordForecast(log, await harness.clientOf(subject.email).recommendation(found.id));
  const optimizationId = found?.optimization_id ?? null;
  return {
    evidence: log.evidence,
    notes: [found === null ? `No ${type} appeared` : `Of its own accord: ${type} ${found.id}`],
    output: found === null || optimizationId === null ? null : { recommendationId: found.id, optimizationId },
  };
}

/**
 * The recommendation, or the sentence that says why there is none. An agent's recommendations are written with the end
 * of its analysis: one that has ended without it will not bring it any more.
 */
async function findOnceAnalysed(
  dependencies: ActivityDependencies,
  {
    subject,
    analysisId,
    isOurs,
  }: { subject: RunSubject; analysisId: string; isOurs: (each: Recommendation) => boolean },
  { progress, signal }: Beat,
): Promise<Recommendation | string> {
  const which = { where: 'id = $1 AND customer_id = $2', parameters: [analysisId, subject.customerId] };
  const end = await awaitAnalysisEnd(dependencies, which, RECOMMENDATION_DEADLINE_MS, progress);
  const found = await findRecommendation(dependencies.harness, subject, isOurs, 0, { progress, signal });
  return found ?? ['No recommendation appeared', ...(end?.findings ?? [])].join(': ');
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
  recordPlan(log, found.plan);
  recordForecast(log, found);
}

/** What a plan does to which nodes, by its kind; names are the same for all kinds where the meaning is. */
function recordPlan(log: EvidenceLog, plan: OptimizationPlan): void {
  const record = (name: string, value: EvidenceValue, unit: string): void =>
    log.record(`plan.${name}`, value, { unit, source: FROM_API });
  record('kind', plan.kind, 'text');
  record('deployment', plan.deployment, 'text');
  switch (plan.kind) {
    case 'spot_migration':
      record('replace', plan.replace_instance_ids, 'text');
      record('zones', [...new Set(plan.spot_nodes.map(({ zone }) => zone))], 'text');
      record('kept-on-demand-share', plan.kept_on_demand_share, 'share');
      return;
    case 'configuration_change':
      record('reconfigure', plan.instance_ids, 'text');
      record('changes', changesOf(plan.from, plan.to), 'text');
      return;
    case 'scale_in':
      record('retire', plan.retire_instance_ids, 'text');
      record('keep', plan.keep_instance_ids, 'text');
      record('scale-in-reason', plan.reason, 'text');
      return;
    case 'placement':
      record('replace', plan.replace_instance_ids, 'text');
      record('target', `${plan.target.provider} ${plan.target.region} ${plan.target.instance_type}`, 'text');
      record('transfer', plan.transfer.usd_per_month, 'USD/month');
      return;
    case 'replacement':
      record('lost', plan.lost_instance_id, 'text');
      record('zones', plan.spot_zones, 'text');
      return;
    case 'hybrid':
      record(
        'parts',
        plan.parts.map(({ kind }) => kind),
        'text',
      );
      record('recommendations', plan.recommendation_ids, 'text');
  }
}

/** `quantization: bf16 → fp8` */
function changesOf(from: EngineConfiguration, to: EngineConfiguration): string[] {
  return (Object.keys(to) as (keyof EngineConfiguration)[])
    .filter((name) => from[name] !== to[name])
    .map((name) => `${name}: ${String(from[name])} → ${String(to[name])}`);
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
