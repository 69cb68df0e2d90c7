import { setImmediate } from 'node:timers/promises';

import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { expect, test, vi } from 'vitest';

import { heartbeating, translatingErrors } from '../../../activities/context.ts';
import { OptiInfraError } from '../../../src/support/errors.ts';

/** Stands in for Temporal's context of the running activity. */
const context = vi.hoisted(() => ({ current: null as object | null }));
vi.mock('@temporalio/activity', () => ({ Context: { current: () => context.current } }));

function running() {
  const beats: unknown[] = [];
  const cancelled = Promise.withResolvers<never>();
  cancelled.promise.catch(() => undefined);
  const stop = new AbortController();
  context.current = {
    heartbeat: (details: unknown) => beats.push(details),
    cancelled: cancelled.promise,
    cancellationSignal: stop.signal,
  };
  const cancel = (): void => {
    stop.abort();
    cancelled.reject(new CancelledFailure('CANCELLED'));
  };
  return { beats, cancel };
}

async function thrownBy(run: () => Promise<unknown>): Promise<unknown> {
  return run().then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('progress is a heartbeat at once, and repeated while the work runs', async () => {
  vi.useFakeTimers();
  const { beats } = running();
  const work = Promise.withResolvers<number>();
  const activity = heartbeating((progress) => {
    progress('discovering');
    return work.promise;
  });
  vi.advanceTimersByTime(1_000);
  expect(beats).toEqual(['discovering', 'discovering', 'discovering']);
  work.resolve(7);
  expect(await activity).toBe(7);
  vi.advanceTimersByTime(5_000);
  expect(beats).toHaveLength(3);
  vi.useRealTimers();
});

test('a cancelled activity ends at once, and its work is told', async () => {
  const { cancel } = running();
  let told = false;
  const activity = heartbeating((_, signal) => {
    signal.addEventListener('abort', () => {
      told = true;
    });
    return new Promise<never>(() => undefined);
  });
  await setImmediate();
  cancel();
  expect(await thrownBy(() => activity)).toBeInstanceOf(CancelledFailure);
  expect(told).toBe(true);
});

test('our errors reach Temporal with their code as type, their text and their cause', async () => {
  const { look } = translatingErrors<{ look: (input: object) => Promise<void> }>({
    look: () =>
      Promise.reject(
        new OptiInfraError('API_CALL_FAILED', 'GET /x did not answer', { cause: new Error('refused') }),
      ),
  });
  const error = await thrownBy(() => look({}));
  expect(error).toBeInstanceOf(ApplicationFailure);
  // Whether it is tried again is the retry policy's to say.
  expect(error).toMatchObject({
    type: 'API_CALL_FAILED',
    message: 'GET /x did not answer (refused)',
    nonRetryable: false,
  });
});

test('other errors, cancellation above all, pass unchanged', async () => {
  const cancelled = new CancelledFailure('CANCELLED');
  const { look } = translatingErrors<{ look: (input: object) => Promise<void> }>({
    look: () => Promise.reject(cancelled),
  });
  expect(await thrownBy(() => look({}))).toBe(cancelled);
});
