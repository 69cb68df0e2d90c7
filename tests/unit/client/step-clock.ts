import { setImmediate } from 'node:timers/promises';

import type { Clock } from '../../../src/support/clock.ts';

/** Time stands still but for sleeps, which pass it at once, and `pass`. World time runs as wall time does. */
export interface StepClock extends Clock {
  pass(ms: number): void;
  /** Sleeps so far, in order. */
  readonly sleeps: readonly number[];
}

export function stepClock(): StepClock {
  let nowMs = Date.parse('2026-11-22T12:00:00.000Z');
  const sleeps: number[] = [];
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    sleeps.push(ms);
    nowMs += ms;
    await setImmediate();
  };
  return {
    wallMs: () => nowMs,
    worldMs: () => nowMs,
    monotonicMs: () => nowMs,
    timeScale: 1,
    sleepWall: sleep,
    sleepWorld: sleep,
    sleeps,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}
