import { expect, test } from 'vitest';

import {
  waitForCondition,
  waitForMetricChange,
  waitForOptimizationComplete,
  waitForRecommendation,
  type OptiInfraClient,
} from '../../../src/client/index.ts';
import { stepClock } from './step-clock.ts';

/** A client of which only these methods are asked. */
const clientWith = (methods: Partial<Record<keyof OptiInfraClient, unknown>>) =>
  methods as unknown as OptiInfraClient;
const settings = (deadlineMs = 1_000) => ({ clock: stepClock(), deadlineMs });
/** Answers one after another, the last for ever. */
function sequence<T>(...answers: readonly T[]): () => Promise<T> {
  let call = 0;
  return async () => answers[Math.min(call++, answers.length - 1)]!;
}

/** Offered and pending recommendations come by two questions. */
const recommending = (offered: () => Promise<unknown>, pending: () => Promise<unknown>) =>
  clientWith({
    recommendations: (_: string, filter?: { status?: string }) =>
      filter?.status === 'pending' ? pending() : offered(),
  });

test('waits until a recommendation matches, looking again each quarter of a second', async () => {
  const found = { id: 'rec_2', type: 'spot_migration', status: 'pending' };
  const client = recommending(sequence([{ id: 'rec_1' }]), sequence([], [{ id: 'rec_3' }], [found]));
  const clock = stepClock();
  const waited = waitForRecommendation(client, 'cus_1', ({ id }) => id === 'rec_2', {
    clock,
    deadlineMs: 1_000,
  });
  expect(await waited).toBe(found);
  expect(clock.sleeps).toEqual([250, 250]);
});

test('a timeout says what was awaited, how long, and what was seen last', async () => {
  const one = { id: 'rec_1', type: 'right_sizing', status: 'validated', reasons: ['x'] };
  const client = recommending(sequence([], [one]), sequence([]));
  const waited = waitForRecommendation(client, 'cus_1', () => false, settings());
  await expect(waited).rejects.toMatchObject({
    code: 'WAIT_TIMEOUT',
    message:
      'waited 1.0 s for a matching recommendation of cus_1; last seen: [{"id":"rec_1","type":"right_sizing","status":"validated"}]',
  });
});

test('an error of a look ends the wait at once', async () => {
  let looks = 0;
  const look = () => {
    looks += 1;
    return Promise.reject(new Error('connection refused'));
  };
  const options = { ...settings(), condition: 'anything', intervalMs: 100 };
  await expect(waitForCondition(look, options)).rejects.toThrow('connection refused');
  expect(looks).toBe(1);
});

test('what holds at the first look is had without waiting', async () => {
  const clock = stepClock();
  const options = { clock, deadlineMs: 0, condition: 'it', intervalMs: 100 };
  expect(await waitForCondition(async () => ({ done: true, value: 7 }), options)).toBe(7);
  expect(clock.sleeps).toEqual([]);
});

test('a cancelled wait looks no more', async () => {
  const stop = new AbortController();
  let looks = 0;
  const look = async () => {
    looks += 1;
    if (looks === 2) stop.abort(new Error('cancelled by a person'));
    return { done: false, observed: looks } as const;
  };
  const options = { ...settings(60_000), condition: 'it', intervalMs: 100, signal: stop.signal };
  await expect(waitForCondition(look, options)).rejects.toThrow('cancelled by a person');
  expect(looks).toBe(2);
});

test.each(['completed', 'failed', 'rolled_back', 'cancelled'])(
  'an optimization that ends as %s has ended, whatever it is worth',
  async (status) => {
    const running = { status: 'executing', execution_steps: [{ name: 'deploy_canary', status: 'running' }] };
    const ended = { status, execution_steps: [] };
    const seen: string[] = [];
    const optimization = await waitForOptimizationComplete(
      clientWith({ optimization: sequence(running, ended) }),
      'opt_1',
      { ...settings(), onProgress: (each) => seen.push(each.status) },
    );
    expect(optimization).toBe(ended);
    expect(seen).toEqual(['executing', status]);
  },
);

test('an optimization that hangs is told with its steps', async () => {
  const running = { status: 'executing', execution_steps: [{ name: 'deploy_canary', status: 'running' }] };
  const waited = waitForOptimizationComplete(
    clientWith({ optimization: sequence(running) }),
    'opt_1',
    settings(),
  );
  await expect(waited).rejects.toThrow(
    'for the end of opt_1; last seen: {"status":"executing","steps":["deploy_canary: running"]}',
  );
});

test('a metric is read over one window that grows, until it holds', async () => {
  const clock = stepClock();
  const asked: unknown[] = [];
  const values = [null, 1_600, 900];
  const client = clientWith({
    metrics: async (_: string, query: unknown) => {
      asked.push(query);
      const value = values[asked.length - 1] ?? null;
      return { points: value === null ? [] : [{ value, sample_size: 10, timestamp: '' }] };
    },
  });
  const sinceMs = clock.worldMs();
  const point = await waitForMetricChange(
    client,
    'cus_1',
    { type: 'latency_p95', sinceMs, holds: ({ value }) => value < 1_000 },
    { clock, deadlineMs: 5_000 },
  );
  expect(point.value).toBe(900);
  expect(asked).toEqual(
    [0, 250, 500].map((later) => ({
      metricType: 'latency_p95',
      startMs: sinceMs,
      endMs: sinceMs + later,
      resolution: 'all',
    })),
  );
});

test('a metric without samples is told as such', async () => {
  const client = clientWith({ metrics: async () => ({ points: [] }) });
  const metric = { type: 'throughput', sinceMs: 0, holds: () => true } as const;
  await expect(waitForMetricChange(client, 'cus_1', metric, settings())).rejects.toThrow(
    'last seen: "no samples"',
  );
});
