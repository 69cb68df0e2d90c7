import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { withHeartbeats } from '../../../../../src/platform/executor/activities/heartbeats.ts';
import type { RolloutActivities } from '../../../../../src/platform/executor/contract.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const input = { order: {}, instanceIds: [] } as unknown as Parameters<RolloutActivities['findGone']>[0];

test('an activity that waits for a slow answer still beats, with its last details, and stops when it ends', async () => {
  const beats: unknown[] = [];
  const signal = new AbortController().signal;
  let answer: (ids: string[]) => void = () => undefined;
  const activities = withHeartbeats(
    { pulse: () => ({ beat: (details) => beats.push(details), signal }) },
    (pulse) =>
      ({
        findGone: () => {
          pulse().beat('asked');
          return new Promise((resolve) => (answer = resolve));
        },
      }) as unknown as RolloutActivities,
  );
  const gone = activities.findGone(input);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(beats.length).toBeGreaterThanOrEqual(5);
  expect(new Set(beats)).toEqual(new Set(['asked']));
  answer(['i-1']);
  expect(await gone).toEqual(['i-1']);
  const before = beats.length;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(beats).toHaveLength(before);
});

test('an activity that fails stops beating', async () => {
  let beats = 0;
  const activities = withHeartbeats(
    { pulse: () => ({ beat: () => (beats += 1), signal: new AbortController().signal }) },
    () => ({ findGone: () => Promise.reject(new Error('no')) }) as unknown as RolloutActivities,
  );
  await expect(activities.findGone(input)).rejects.toThrow('no');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(beats).toBe(0);
});
