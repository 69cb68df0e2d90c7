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

/** How a cost is seen past the platform. */
export const INVENTORY_COST = 'inventory of the clouds × market quote × 730 h';

export interface MeasuredWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** One figure of the platform over a window of world time; null when it has no samples. */
async function readMetric(
  { harness }: ActivityDependencies,
  subject: RunSubject,
  type: MetricType,
  window: MeasuredWindow,
): Promise<MetricPoint | null> {
  // The platform refuses an empty window (its times are whole milliseconds); nothing can have been seen in one.
  if (Math.trunc(window.endMs) <= Math.trunc(window.startMs)) return null;
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

/** A request is told of when it is answered; slower ones than this are not waited for. World milliseconds. */
const ANSWER_MS = 5_000;

/**
 * Waits until telemetry is complete over a window with `requests` since `startMs`, then returns the window. Its end
 * follows the newest arrival, not the clock, so that nothing late is missing from it. When traffic does not come it
 * returns the window as it is: too few samples is evidence, and the gates say inconclusive.
 */
export async function windowWithRequests(
  { harness, telemetry }: ActivityDependencies,
  subject: RunSubject,
  wanted: { startMs: number; requests: number; deadlineMs: number },
  progress: (details: unknown) => void,
): Promise<MeasuredWindow> {
  const { customerId } = subject;
  let window: MeasuredWindow = { startMs: wanted.startMs, endMs: wanted.startMs };
  const look = async () => {
    const newestMs = await telemetry.newestArrivalMs(customerId);
    window = { ...window, endMs: Math.max(window.endMs, (newestMs ?? 0) - ANSWER_MS) };
    const { requests } = await telemetry.requests({ customerId, ...window });
    progress({ requests, wanted: wanted.requests });
    return requests >= wanted.requests
      ? ({ done: true, value: window } as const)
      : ({ done: false, observed: { requests } } as const);
  };
  try {
    return await waitForCondition(look, {
      condition: `${String(wanted.requests)} requests of ${customerId}`,
      deadlineMs: wanted.deadlineMs,
      intervalMs: 150,
      clock: harness.clock,
    });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    return window;
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
