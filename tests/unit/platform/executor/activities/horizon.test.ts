import { describe, expect, it } from 'vitest';

import { createHorizon } from '../../../../../src/platform/executor/activities/horizon.ts';
import type { Clock } from '../../../../../src/support/clock.ts';

const OF = { customerId: 'cus_1', deployment: 'vllm-prod-1' };

/** Wall time is moved by hand; world time runs sixty times faster. */
function handClock(): Clock & { wait(ms: number): void } {
  let wallMs = 0;
  return {
    wait: (ms) => (wallMs += ms),
    wallMs: () => wallMs,
    worldMs: () => wallMs * 60,
    timeScale: 60,
    monotonicMs: () => wallMs,
    sleepWall: async () => undefined,
    sleepWorld: async () => undefined,
  };
}

describe('the horizon of telemetry', () => {
  it('follows what has arrived, however late it is shipped', async () => {
    const clock = handClock();
    let newest: number | null = 100_000;
    const horizon = createHorizon({ clock, telemetry: { newestArrivalMs: async () => newest } }, OF);
    clock.wait(10_000);
    expect(await horizon()).toBe(95_000);
    clock.wait(10_000);
    newest = 300_000;
    expect(await horizon()).toBe(295_000);
  });

  it('never passes now by more than the slowest answer', async () => {
    const clock = handClock();
    clock.wait(1_000);
    const horizon = createHorizon({ clock, telemetry: { newestArrivalMs: async () => 60_000 } }, OF);
    expect(await horizon()).toBe(55_000);
  });

  it('moves on with the clock once telemetry has fallen silent, so that an empty window ends', async () => {
    const clock = handClock();
    const horizon = createHorizon({ clock, telemetry: { newestArrivalMs: async () => 10_000 } }, OF);
    expect(await horizon()).toBe(-5_000);
    clock.wait(14_999);
    expect(await horizon()).toBe(5_000);
    clock.wait(1);
    expect(await horizon()).toBe(15_000 * 60 - 5_000);
  });

  it('is not there yet before the first request', async () => {
    const horizon = createHorizon(
      { clock: handClock(), telemetry: { newestArrivalMs: async () => null } },
      OF,
    );
    expect(await horizon()).toBe(Number.NEGATIVE_INFINITY);
  });
});
