import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { PublishedRun, ReportActivities, RunSubject } from '../src/contracts/activities.ts';
import type { MetricType } from '../src/contracts/api/customers.ts';
import type { ExecutionStep } from '../src/contracts/api/recommendations.ts';
import type { RunEvidenceFile, Series } from '../src/contracts/runs.ts';
import type { RunHistory } from '../src/reporting/history/run-history.ts';
import { publishRun, type PublishOptions } from '../src/reporting/publish-run.ts';
import { describeError } from '../src/support/errors.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';

const CURVES: readonly { readonly name: string; readonly type: MetricType }[] = [
  { name: 'Latency P50', type: 'latency_p50' },
  { name: 'Latency P95', type: 'latency_p95' },
  { name: 'Latency P99', type: 'latency_p99' },
  { name: 'Quality', type: 'quality_score' },
  { name: 'Error rate', type: 'error_rate' },
  { name: 'Monthly cost', type: 'monthly_cost' },
];
/** Points a curve, whatever the length of the run. */
const POINTS = 120;
const LOOK_BACK_MS = 30_000;

/** What is kept of a run: curves and events as a content-addressed file, then the pages made of it. */
export function createReportActivities(dependencies: ActivityDependencies): ReportActivities {
  const { harness, stateDirectory } = dependencies;
  return {
    collectEvidence: (input) => heartbeating(() => collectEvidence(dependencies, input)),

    publishRun: ({ run }) =>
      publishAndRecord({
        run,
        history: dependencies.history,
        stateDirectory,
        surroundings: {
          temporalUi: harness.environment.urls.temporalUi,
          timeScale: harness.environment.anchor.timeScale,
        },
      }),
  };
}

/**
 * The pages first: they outlive the environment, and the history is made up for from them. A history that does not
 * take the run is a fault of the environment which the run reports; what the phases found stays true.
 */
export async function publishAndRecord({
  history,
  ...options
}: PublishOptions & { readonly history: Pick<RunHistory, 'record'> }): Promise<PublishedRun> {
  const { run, surroundings } = options;
  const directory = await publishRun(options);
  try {
    await history.record(run, surroundings.timeScale);
    return { directory, problems: [] };
  } catch (error) {
    const problem = `history of runs: ${describeError(error)}; \`e2e history\` takes the run from its files later`;
    await publishRun({ ...options, run: { ...run, errors: [...(run.errors ?? []), problem] } });
    return { directory, problems: [problem] };
  }
}

async function collectEvidence(
  dependencies: ActivityDependencies,
  { subject, optimizationId, baseline }: Parameters<ReportActivities['collectEvidence']>[0],
): Promise<string> {
  const { harness, stateDirectory } = dependencies;
  const client = harness.clientOf(subject.email);
  const endMs = harness.clock.worldMs();
  const window = { startMs: baseline?.windowStartMs ?? endMs - LOOK_BACK_MS, endMs };
  const resolution = Math.max(1, Math.round((window.endMs - window.startMs) / 1000 / POINTS));
  const curves = await Promise.all(
    CURVES.map(async ({ name, type }) => {
      const query = { metricType: type, ...window, resolution };
      const series = await client.metrics(subject.customerId, query);
      return { name, unit: series.unit, points: series.points.map(toPoint) };
    }),
  );
  const optimization = optimizationId === null ? null : await client.optimization(optimizationId);
  const file: RunEvidenceFile = {
    series: [...curves, ...(await trafficShares(dependencies, subject, window, resolution))],
    steps: (optimization?.execution_steps ?? []).flatMap(toBand),
    events: await storedEvents(dependencies, subject),
  };
  return keep(join(stateDirectory, 'evidence'), JSON.stringify(file));
}

/** A step that ended, as a band of world time; one that did not has no band. */
function toBand(step: ExecutionStep): RunEvidenceFile['steps'] {
  const { name, world_started_at: start, world_finished_at: end } = step;
  if (start === null || end === null) return [];
  return [{ name, startedAtMs: Date.parse(start), finishedAtMs: Date.parse(end) }];
}

function toPoint(point: { timestamp: string; value: number; sample_size: number }): Series['points'][number] {
  return { atMs: Date.parse(point.timestamp), value: point.value, sampleSize: point.sample_size };
}

/** One curve an instance: its share of the requests in each slice of time. */
async function trafficShares(
  { telemetry }: ActivityDependencies,
  subject: RunSubject,
  window: { startMs: number; endMs: number },
  resolution: number,
): Promise<Series[]> {
  const rows = await telemetry.rows<{
    slice: string;
    instance_id: string;
    lifecycle: string;
    requests: string;
  }>(
    `SELECT toUnixTimestamp(toStartOfInterval(arrived_at, toIntervalSecond({resolution:UInt32}))) AS slice,
       instance_id, any(lifecycle) AS lifecycle, count() AS requests
     FROM inference_requests
     WHERE customer_id = {customerId:String} AND arrived_at >= fromUnixTimestamp64Milli({startMs:Int64})
       AND arrived_at < fromUnixTimestamp64Milli({endMs:Int64})
     GROUP BY slice, instance_id ORDER BY slice`,
    {
      customerId: subject.customerId,
      startMs: Math.round(window.startMs),
      endMs: Math.round(window.endMs),
      resolution,
    },
  );
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(row.slice, (totals.get(row.slice) ?? 0) + Number(row.requests));
  const curves = new Map<string, Series['points'][number][]>();
  for (const row of rows) {
    const name = `Traffic share ${row.instance_id} (${row.lifecycle === 'spot' ? 'spot' : 'on demand'})`;
    const total = totals.get(row.slice) ?? 0;
    const point = { atMs: Number(row.slice) * 1000, value: Number(row.requests) / total, sampleSize: total };
    curves.set(name, [...(curves.get(name) ?? []), point]);
  }
  return [...curves].map(([name, points]) => ({ name, unit: 'share', points }));
}

async function storedEvents(
  { database }: ActivityDependencies,
  subject: RunSubject,
): Promise<RunEvidenceFile['events']> {
  const rows = await database.rows<{
    sequence: string;
    at: Date;
    type: string;
    data: Record<string, unknown>;
  }>('SELECT sequence, at, type, data FROM outbox WHERE customer_id = $1 ORDER BY sequence', [
    subject.customerId,
  ]);
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    at: row.at.toISOString(),
    type: row.type,
    summary: summarize(row.data),
  }));
}

const SUMMARY_CHARACTERS = 160;

/** The plain values of an event, short enough for a table row. */
function summarize(data: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(data).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [`${name} ${JSON.stringify(value)}`] : [],
  );
  return parts.join(', ').slice(0, SUMMARY_CHARACTERS);
}

/** Writes the text under its own SHA-256, so that a reference in history names exactly these bytes. */
async function keep(directory: string, text: string): Promise<string> {
  const hash = createHash('sha256').update(text).digest('hex');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${hash}.json`), text);
  return hash;
}
