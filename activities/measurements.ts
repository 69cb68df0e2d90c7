import type { MetricPoint, MetricType } from '../src/contracts/api/customers.ts';
import type { RunSubject } from '../src/contracts/activities.ts';
import { waitForCondition } from '../src/client/index.ts';
import { OptiInfraError } from '../src/support/errors.ts';
import type { ActivityDependencies } from './context.ts';
import type { EvidenceLog } from './evidence.ts';

/** The traffic metrics a window is judged by, with the evidence name each gets below a prefix. */
const TRAFFIC_METRICS = {
  'latency.p50': { type: 'latency_p50', unit: 'ms' },
  'latency.p95': { type: 'latency_p95', unit: 'ms' },
  'latency.p99': { type: 'latency_p99', unit: 'ms' },
  throughput: { type: 'throughput', unit: 'requests/s' },
  'error-rate': { type: 'error_rate', unit: 'share' },
  quality: { type: 'quality_score', unit: 'score' },
} as const satisfies Record<string, { type: MetricType; unit: string }>;

export interface MeasuredWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** One figure of the platform over a window of world time; null when it has no samples. */
export async function readMetric(
  { harness }: ActivityDependencies,
  subject: RunSubject,
  type: MetricType,
  window: MeasuredWindow,
): Promise<MetricPoint | null> {
  const series = await harness.clientOf(subject.email).metrics(subject.customerId, {
    metricType: type,
    ...window,
    resolution: 'all',
  });
  return series.points.at(-1) ?? null;
}

/** Records all traffic metrics of a window as the platform reports them. */
export async function recordTraffic(
  dependencies: ActivityDependencies,
  subject: RunSubject,
  log: EvidenceLog,
  prefix: string,
  window: MeasuredWindow,
): Promise<Readonly<Record<keyof typeof TRAFFIC_METRICS, number | null>>> {
  const values: Partial<Record<string, number | null>> = {};
  await Promise.all(
    Object.entries(TRAFFIC_METRICS).map(async ([name, { type, unit }]) => {
      const point = await readMetric(dependencies, subject, type, window);
      values[name] = point?.value ?? null;
      log.record(`${prefix}.${name}`, point?.value ?? null, {
        unit,
        source: `GET /customers/{id}/metrics ${type}`,
        sampleSize: point?.sample_size ?? 0,
      });
    }),
  );
  return values as Record<keyof typeof TRAFFIC_METRICS, number | null>;
}

/** Telemetry comes in batches behind the requests it tells of; a window is settled when its count has stood still so long. */
const SETTLED_AFTER_MS = 600;
const SETTLE_DEADLINE_MS = 10_000;

/**
 * Waits until the platform has counted `requests` since `startMs` and nothing more arrives for the window, then returns
 * it. When traffic does not come it returns the window as it is: too few samples is evidence, and the gates say
 * inconclusive.
 */
export async function windowWithRequests(
  dependencies: ActivityDependencies,
  subject: RunSubject,
  wanted: { startMs: number; requests: number; deadlineMs: number },
  progress: (details: unknown) => void,
): Promise<MeasuredWindow> {
  const { clock } = dependencies.harness;
  const countIn = async (window: MeasuredWindow): Promise<number> => {
    const point = await readMetric(dependencies, subject, 'latency_p50', window);
    const requests = point?.sample_size ?? 0;
    progress({ requests, wanted: wanted.requests });
    return requests;
  };
  const untilNow = (): MeasuredWindow => ({ startMs: wanted.startMs, endMs: clock.worldMs() });
  const window = await orOnTimeout(untilNow, () =>
    waitForCondition(
      async () => {
        const reached = untilNow();
        const requests = await countIn(reached);
        return requests >= wanted.requests
          ? { done: true, value: reached }
          : { done: false, observed: { requests } };
      },
      {
        condition: `${String(wanted.requests)} requests of ${subject.customerId}`,
        deadlineMs: wanted.deadlineMs,
        intervalMs: 150,
        clock,
      },
    ),
  );
  let counted = -1;
  await waitForCondition(
    async () => {
      const before = counted;
      counted = await countIn(window);
      return counted === before
        ? { done: true, value: counted }
        : { done: false, observed: { before, counted } };
    },
    {
      condition: `late telemetry of ${subject.customerId} to come in`,
      deadlineMs: SETTLE_DEADLINE_MS,
      intervalMs: SETTLED_AFTER_MS,
      clock,
    },
  );
  return window;
}

async function orOnTimeout<T>(fallback: () => T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isTimeout(error)) throw error;
    return fallback();
  }
}

/** The platform did not do something in time: evidence for a gate, not a fault of the harness. */
export function isTimeout(error: unknown): boolean {
  return error instanceof OptiInfraError && error.code === 'WAIT_TIMEOUT';
}

/** USD as people read it. */
export function showUsd(value: number | null): string {
  return value === null ? 'unknown' : `$${Math.round(value).toLocaleString('en-US')}`;
}
