import { expect, test } from 'vitest';

import type { ActivityDependencies } from '../../../activities/context.ts';
import { createEvidenceLog } from '../../../activities/evidence.ts';
import { isTimeout, recordTraffic, showUsd, windowWithRequests } from '../../../activities/measurements.ts';
import type { RunSubject } from '../../../src/contracts/activities.ts';
import type { MetricQuery } from '../../../src/client/index.ts';
import type { TelemetryWitness } from '../../../src/fixtures/index.ts';
import { OptiInfraError } from '../../../src/support/errors.ts';
import { stepClock, type StepClock } from '../client/step-clock.ts';

const subject = { email: 'dana@acme.example', customerId: 'cus_1' } as RunSubject;
type Point = { readonly value: number; readonly sample_size: number };

/** A platform that answers `metrics` as told; nothing else is asked of it. */
function platform(
  clock: StepClock,
  metrics: (query: MetricQuery) => Point | undefined,
): ActivityDependencies {
  const client = {
    metrics: async (_: string, query: MetricQuery) => {
      const point = metrics(query);
      return { unit: 'ms', points: point === undefined ? [] : [point] };
    },
  };
  return { harness: { clock, clientOf: () => client } } as unknown as ActivityDependencies;
}

/** Telemetry of a steady stream, 10 requests a millisecond from `fromMs`, each known `lateMs` after it came. */
function stream(clock: StepClock, fromMs: number, lateMs: number): ActivityDependencies {
  const newestMs = (): number => clock.worldMs() - lateMs;
  const telemetry: Partial<TelemetryWitness> = {
    newestArrivalMs: async () => (newestMs() < fromMs ? null : newestMs()),
    requests: async ({ startMs, endMs }) => {
      const known = Math.min(endMs, newestMs()) - Math.max(startMs, fromMs);
      return { ...NO_FIGURES, requests: Math.max(0, known) * 10 };
    },
  };
  return { harness: { clock }, telemetry } as unknown as ActivityDependencies;
}
const NO_FIGURES = { requests: 0, errors: 0, latencyMsP95: null, meanQuality: null, qualitySamples: 0 };
const wanted = (startMs: number, deadlineMs = 60_000) => ({ startMs, requests: 3_000, deadlineMs });
const quiet = (): void => undefined;

test('returns a window with enough requests that ends well before the newest, so that none is missing', async () => {
  const clock = stepClock();
  const startMs = clock.worldMs();
  const told: unknown[] = [];
  const dependencies = stream(clock, startMs - 60_000, 700);
  const window = await windowWithRequests(dependencies, subject, wanted(startMs), (each) => told.push(each));
  expect(window.startMs).toBe(startMs);
  expect((window.endMs - startMs) * 10).toBeGreaterThanOrEqual(3_000);
  expect(clock.worldMs() - 700 - window.endMs).toBe(5_000);
  expect(told.at(-1)).toEqual({ requests: (window.endMs - startMs) * 10, wanted: 3_000 });
});

test('a window without traffic comes back empty: too few samples are evidence', async () => {
  const clock = stepClock();
  const startMs = clock.worldMs();
  const never = stream(clock, Number.POSITIVE_INFINITY, 0);
  const window = await windowWithRequests(never, subject, wanted(startMs, 1_000), quiet);
  expect(window).toEqual({ startMs, endMs: startMs });
});

test('a window whose traffic stops comes back with what there was', async () => {
  const clock = stepClock();
  const startMs = clock.worldMs();
  const last = startMs + 5_100;
  const telemetry: Partial<TelemetryWitness> = {
    newestArrivalMs: async () => last,
    requests: async () => ({ ...NO_FIGURES, requests: 9 }),
  };
  const dependencies = { harness: { clock }, telemetry } as unknown as ActivityDependencies;
  const window = await windowWithRequests(dependencies, subject, wanted(startMs, 1_000), quiet);
  expect(window).toEqual({ startMs, endMs: startMs + 100 });
});

test('an error of a store is not taken for missing traffic', async () => {
  const telemetry: Partial<TelemetryWitness> = {
    newestArrivalMs: () => Promise.reject(new OptiInfraError('ENGINE_REFUSED', 'ClickHouse is away')),
  };
  const dependencies = { harness: { clock: stepClock() }, telemetry } as unknown as ActivityDependencies;
  await expect(windowWithRequests(dependencies, subject, wanted(0), quiet)).rejects.toMatchObject({
    code: 'ENGINE_REFUSED',
  });
});

test.each([
  ['empty', 1_000, 1_000],
  ['shorter than a millisecond', 1_000.2, 1_000.9],
])('a window that is %s is not asked for, the platform would refuse it', async (_, startMs, endMs) => {
  const refusing = platform(stepClock(), () => {
    throw new OptiInfraError('VALIDATION_FAILED', 'querystring.end must be after start');
  });
  const log = createEvidenceLog(stepClock());
  await recordTraffic(refusing, subject, log, 'after', { startMs, endMs });
  expect(log.evidence.map(({ value, sampleSize }) => [value, sampleSize])).toEqual(
    Array.from({ length: 6 }, () => [null, 0]),
  );
});

test('all traffic metrics become evidence; what has no samples is null with a sample size of zero', async () => {
  const clock = stepClock();
  const log = createEvidenceLog(clock);
  const dependencies = platform(clock, ({ metricType }) =>
    metricType === 'quality_score' ? undefined : { value: 7, sample_size: 3_000 },
  );
  const window = { startMs: 0, endMs: 1_000 };
  const values = await recordTraffic(dependencies, subject, log, 'after', window);
  expect(values).toEqual({
    'latency.p50': 7,
    'latency.p95': 7,
    'latency.p99': 7,
    throughput: 7,
    'error-rate': 7,
    quality: null,
  });
  const evidence = Object.fromEntries(log.evidence.map((each) => [each.name, each]));
  expect(Object.keys(evidence).sort()).toEqual([
    'after.error-rate',
    'after.latency.p50',
    'after.latency.p95',
    'after.latency.p99',
    'after.quality',
    'after.throughput',
  ]);
  expect(evidence['after.quality']).toMatchObject({ value: null, sampleSize: 0, unit: 'score' });
  expect(evidence['after.latency.p95']).toMatchObject({ value: 7, sampleSize: 3_000, unit: 'ms' });
});

test('only the timeout of a wait is a timeout', () => {
  expect(isTimeout(new OptiInfraError('WAIT_TIMEOUT', 'x'))).toBe(true);
  expect(isTimeout(new OptiInfraError('TASK_TIMEOUT', 'x'))).toBe(false);
  expect(isTimeout(new Error('WAIT_TIMEOUT'))).toBe(false);
});

test('money reads as people write it, and what is unknown is not zero', () => {
  expect(showUsd(120_012.4)).toBe('$120,012');
  expect(showUsd(0)).toBe('$0');
  expect(showUsd(null)).toBe('unknown');
});
