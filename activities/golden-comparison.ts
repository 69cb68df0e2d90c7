import type { AuditEntry } from '../src/contracts/api/customers.ts';
import type { QualityActivities } from '../src/contracts/quality-activities.ts';
import { awaitAnalysisEnd, type AnalysisEnd } from './analysis-end.ts';
import type { ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { answersOf, telemetryOf } from './golden-baseline.ts';
import { dropOf } from './golden-statistics.ts';

const DEADLINE_MS = 50_000;

type Input = Parameters<QualityActivities['awaitComparison']>[0];

interface ComparisonRow extends Record<string, unknown> {
  readonly golden_run_id: string;
  readonly baseline_run_id: string;
  readonly verdict: string;
  readonly pairs: number;
  readonly present_mean: number;
  readonly quality_drop: number | null;
  readonly quality_drop_lower: number | null;
  readonly quality_drop_upper: number | null;
}

export async function awaitComparison(
  dependencies: ActivityDependencies,
  input: Input,
  progress: (details: unknown) => void,
): ReturnType<QualityActivities['awaitComparison']> {
  const { harness } = dependencies;
  const { subject, sinceAt } = input;
  const log = createEvidenceLog(harness.clock);
  const which = {
    where: `customer_id = $1 AND created_at >= $2 AND trigger->>'kind' = 'configuration_changed'`,
    parameters: [subject.customerId, sinceAt],
  };
  const analysis = await awaitAnalysisEnd(dependencies, which, DEADLINE_MS, progress);
  const entries = await harness.clientOf(subject.email).audit(subject.customerId);
  recordChange(log, entries, sinceAt);
  const row = await comparisonSince(dependencies, input);
  await recordComparison(dependencies, log, subject, row);
  const answered = row === undefined ? null : row.verdict;
  const audited = entries.filter(
    ({ action, data }) =>
      action === `quality.${answered ?? ''}` && data['golden_run_id'] === row?.golden_run_id,
  );
  log.record('comparison.audited', audited.length, { unit: 'count', source: 'GET /customers/{id}/audit' });
  await recordConsequences(dependencies, log, input, analysis);
  return {
    evidence: log.evidence,
    notes: analysis?.findings?.map(String) ?? ['Nobody noticed a changed configuration'],
    output: analysis === null ? null : {},
  };
}

/** That the platform saw the change by itself, and what it took it for. */
function recordChange(log: EvidenceLog, entries: readonly AuditEntry[], sinceAt: string): void {
  const seen = entries.filter(
    ({ action, at }) => action === 'deployment.configuration_changed' && at >= sinceAt,
  );
  const about = { source: 'GET /customers/{id}/audit', sampleSize: entries.length };
  log.record(
    'change.noticed',
    seen.flatMap(({ data }) => (Array.isArray(data['differences']) ? data['differences'].map(String) : [])),
    { unit: 'text', ...about },
  );
  log.record(
    'change.noticed-by',
    seen.map(({ actor }) => actor.split(':')[0] ?? ''),
    { unit: 'text', ...about },
  );
}

async function comparisonSince(
  { database }: ActivityDependencies,
  { subject, sinceAt }: Input,
): Promise<ComparisonRow | undefined> {
  const rows = await database.rows<ComparisonRow>(
    `SELECT c.golden_run_id, b.golden_run_id AS baseline_run_id, c.verdict, c.pairs, c.present_mean,
       c.quality_drop, c.quality_drop_lower, c.quality_drop_upper
     FROM quality_comparisons c JOIN quality_baselines b ON b.id = c.baseline_id
     WHERE c.customer_id = $1 AND c.created_at >= $2 ORDER BY c.created_at`,
    [subject.customerId, sinceAt],
  );
  return rows[0];
}

/** What the platform found, and the same from both runs' answers by the harness's own statistics. */
async function recordComparison(
  dependencies: ActivityDependencies,
  log: EvidenceLog,
  subject: Input['subject'],
  row: ComparisonRow | undefined,
): Promise<void> {
  const about = { source: 'PostgreSQL quality_comparisons', sampleSize: row?.pairs ?? 0 };
  log.record('comparison.verdict', row?.verdict ?? null, { unit: 'text', ...about });
  const [before, after] =
    row === undefined
      ? [[], []]
      : await Promise.all([
          answersOf(dependencies, row.baseline_run_id),
          answersOf(dependencies, row.golden_run_id),
        ]);
  const own = dropOf(before, after);
  const both = {
    pairs: [row?.pairs, own?.pairs, 'count'],
    drop: [row?.quality_drop, own?.drop, 'share'],
    lower: [row?.quality_drop_lower, own?.lower, 'share'],
    upper: [row?.quality_drop_upper, own?.upper, 'share'],
  } as const;
  for (const [name, [told, computed, unit]] of Object.entries(both)) {
    log.record(`comparison.${name}`, told ?? null, { unit, ...about });
    log.record(`comparison.${name}.recomputed`, computed ?? null, {
      unit,
      source: 'the answers in PostgreSQL golden_runs',
      sampleSize: own?.pairs ?? 0,
    });
    const known = typeof told === 'number' && computed !== undefined;
    log.record(`comparison.${name}.difference`, known ? told - computed : null, {
      unit,
      source: 'PostgreSQL quality_comparisons − the answers in golden_runs',
      sampleSize: own?.pairs ?? 0,
    });
  }
  log.record('comparison.present-mean', row?.present_mean ?? null, { unit: 'score', ...about });
  const shipped =
    row === undefined
      ? { mean: null, count: 0 }
      : await telemetryOf(dependencies, { subject, runId: row.golden_run_id, wanted: after.length });
  log.record('comparison.present-mean.clickhouse', shipped.mean, {
    unit: 'score',
    source: 'ClickHouse inference_requests',
    sampleSize: shipped.count,
  });
}

/** What the analysis led to, and how long it took from the start of the delivery. */
async function recordConsequences(
  { harness, database }: ActivityDependencies,
  log: EvidenceLog,
  { subject, sinceAt }: Input,
  analysis: AnalysisEnd | null,
): Promise<void> {
  const made = await database.rows<{ type: string }>(
    'SELECT type FROM recommendations WHERE customer_id = $1 AND analysis_id = $2',
    [subject.customerId, analysis?.id ?? ''],
  );
  const started = await database.rows<{ id: string }>(
    'SELECT id FROM optimizations WHERE customer_id = $1 AND created_at >= $2',
    [subject.customerId, sinceAt],
  );
  log.record('comparison.analysis', analysis?.status ?? null, {
    unit: 'text',
    source: 'PostgreSQL analyses',
  });
  log.record('comparison.recommendations', analysis === null ? null : made.map(({ type }) => type), {
    unit: 'text',
    source: 'PostgreSQL recommendations',
    sampleSize: made.length,
  });
  log.record('comparison.optimizations', analysis === null ? null : started.map(({ id }) => id), {
    unit: 'text',
    source: 'PostgreSQL optimizations',
    sampleSize: started.length,
  });
  const endedMs = analysis?.finished_at?.getTime() ?? null;
  const seconds = endedMs === null ? null : (endedMs - Date.parse(sinceAt)) / 1000;
  log.record('comparison.world-seconds', seconds === null ? null : seconds * harness.clock.timeScale, {
    unit: 's of world time',
    source: 'from the start of the delivery to the end of the analysis',
  });
}
