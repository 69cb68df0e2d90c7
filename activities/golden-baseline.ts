import type { GoldenAnswer } from '../src/contracts/api/agent-runtime.ts';
import type { RunSubject } from '../src/contracts/activities.ts';
import type { QualityActivities } from '../src/contracts/quality-activities.ts';
import { waitForCondition } from '../src/client/index.ts';
import { awaitAnalysisEnd } from './analysis-end.ts';
import type { ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { figuresOf } from './golden-statistics.ts';
import { isTimeout } from './measurements.ts';

const ANALYSIS_DEADLINE_MS = 50_000;
const TELEMETRY_DEADLINE_MS = 10_000;

export interface GoldenRunRow extends Record<string, unknown> {
  readonly id: string;
  readonly status: string;
  readonly prompts: number;
  readonly answers: readonly GoldenAnswer[];
}
interface BaselineRow extends Record<string, unknown> {
  readonly id: string;
  readonly golden_run_id: string;
  readonly mean_score: number;
  readonly standard_deviation: number;
  readonly interval_low: number;
  readonly interval_high: number;
  readonly sample_size: number;
}

export async function readBaseline(
  dependencies: ActivityDependencies,
  { subject, analysisId, prefix }: Parameters<QualityActivities['readBaseline']>[0],
  progress: (details: unknown) => void,
): ReturnType<QualityActivities['readBaseline']> {
  const { harness } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const which = { where: 'id = $1 AND customer_id = $2', parameters: [analysisId, subject.customerId] };
  const analysis = await awaitAnalysisEnd(dependencies, which, ANALYSIS_DEADLINE_MS, progress);
  const [baselines, run] = await Promise.all([
    baselinesOf(dependencies, subject),
    newestRun(dependencies, subject),
  ]);
  const finding = analysis?.findings?.join(' ') ?? null;
  const [baseline] = baselines;
  const from = (source: string, sampleSize: number | null = null) => ({ unit: 'text', source, sampleSize });
  log.record(`${prefix}.analysis`, analysis?.status ?? null, from('PostgreSQL analyses'));
  log.record(`${prefix}.finding`, finding, from('PostgreSQL analyses'));
  log.record(
    `${prefix}.baselines`,
    baselines.map(({ id }) => id),
    from('PostgreSQL quality_baselines', baselines.length),
  );
  recordRun(log, prefix, run);
  if (baseline !== undefined) {
    const answers = await answersOf(dependencies, baseline.golden_run_id);
    recordFigures(log, prefix, baseline, answers);
    await recordTelemetry(dependencies, log, {
      subject,
      prefix,
      runId: baseline.golden_run_id,
      wanted: answers.length,
    });
  }
  return {
    evidence: log.evidence,
    notes: [finding ?? 'The analysis said nothing'],
    output: analysis === null ? null : { baselineId: baseline?.id ?? null },
  };
}

function baselinesOf({ database }: ActivityDependencies, { customerId }: RunSubject): Promise<BaselineRow[]> {
  return database.rows<BaselineRow>(
    `SELECT id, golden_run_id, mean_score, standard_deviation, interval_low, interval_high, sample_size
     FROM quality_baselines WHERE customer_id = $1 AND source = 'golden_prompts' AND recommendation_id IS NULL
     ORDER BY created_at`,
    [customerId],
  );
}

async function newestRun(
  { database }: ActivityDependencies,
  { customerId }: RunSubject,
): Promise<GoldenRunRow | undefined> {
  const [row] = await database.rows<GoldenRunRow>(
    'SELECT id, status, prompts, answers FROM golden_runs WHERE customer_id = $1 ORDER BY created_at DESC LIMIT 1',
    [customerId],
  );
  return row;
}

export async function answersOf(
  { database }: Pick<ActivityDependencies, 'database'>,
  goldenRunId: string,
): Promise<readonly GoldenAnswer[]> {
  const [row] = await database.rows<GoldenRunRow>('SELECT answers FROM golden_runs WHERE id = $1', [
    goldenRunId,
  ]);
  return row?.answers ?? [];
}

function recordRun(log: EvidenceLog, prefix: string, run: GoldenRunRow | undefined): void {
  const source = 'PostgreSQL golden_runs';
  const distinct = new Set(run?.answers.map(({ prompt_id: id }) => id)).size;
  log.record(`${prefix}.prompts-asked`, run?.prompts ?? null, { unit: 'count', source });
  log.record(`${prefix}.prompts-answered`, run === undefined ? null : distinct, { unit: 'count', source });
}

/** What the platform wrote, and the same from the answers by the harness's own arithmetic. */
function recordFigures(
  log: EvidenceLog,
  prefix: string,
  row: BaselineRow,
  answers: readonly GoldenAnswer[],
): void {
  const own = figuresOf(answers);
  const both = {
    mean: [row.mean_score, own?.mean],
    deviation: [row.standard_deviation, own?.deviation],
    'interval-low': [row.interval_low, own?.low],
    'interval-high': [row.interval_high, own?.high],
    'sample-size': [row.sample_size, own?.samples],
  } as const;
  for (const [name, [told, computed]] of Object.entries(both)) {
    const unit = name === 'sample-size' ? 'count' : 'score';
    const sampleSize = row.sample_size;
    log.record(`${prefix}.${name}`, told, { unit, source: 'PostgreSQL quality_baselines', sampleSize });
    log.record(`${prefix}.${name}.recomputed`, computed ?? null, {
      unit,
      source: 'the answers in PostgreSQL golden_runs',
      sampleSize: answers.length,
    });
  }
}

/** Golden prompts are asked like any request, so telemetry must hold each of them with its score. */
async function recordTelemetry(
  dependencies: ActivityDependencies,
  log: EvidenceLog,
  asked: {
    readonly subject: RunSubject;
    readonly prefix: string;
    readonly runId: string;
    readonly wanted: number;
  },
): Promise<void> {
  const { mean, count } = await telemetryOf(dependencies, asked);
  const about = { source: 'ClickHouse inference_requests', sampleSize: count };
  log.record(`${asked.prefix}.mean.clickhouse`, mean, { unit: 'score', ...about });
  log.record(`${asked.prefix}.sample-size.clickhouse`, count, { unit: 'count', ...about });
}

/** Waits for what the runtime still has to ship; what is missing then is missing. */
export async function telemetryOf(
  { harness, telemetry }: ActivityDependencies,
  {
    subject,
    runId,
    wanted,
  }: { readonly subject: RunSubject; readonly runId: string; readonly wanted: number },
): Promise<{ readonly mean: number | null; readonly count: number }> {
  let seen: { mean: number | null; count: number } = { mean: null, count: 0 };
  const look = async () => {
    const [row] = await telemetry.rows<{ mean: number | null; scored: string }>(
      `SELECT avg(quality_score) AS mean, count(quality_score) AS scored FROM inference_requests
       WHERE customer_id = {customerId:String} AND startsWith(request_id, {start:String})`,
      { customerId: subject.customerId, start: `${runId}/` },
    );
    seen = { mean: row?.mean ?? null, count: Number(row?.scored ?? 0) };
    return seen.count >= wanted
      ? ({ done: true, value: seen } as const)
      : ({ done: false, observed: seen } as const);
  };
  try {
    return await waitForCondition(look, {
      condition: `telemetry of ${runId}`,
      deadlineMs: TELEMETRY_DEADLINE_MS,
      intervalMs: 150,
      clock: harness.clock,
    });
  } catch (error) {
    if (isTimeout(error)) return seen;
    throw error;
  }
}
