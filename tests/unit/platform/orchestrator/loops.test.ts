import { pino } from 'pino';
import { describe, expect, it } from 'vitest';

import { startLoop } from '../../../../src/platform/orchestrator/loops.ts';
import { createFlowState } from '../../../../src/platform/orchestrator/flow-state.ts';

const services = { flow: createFlowState(), logger: pino({ level: 'silent' }) };
const NEVER_MS = 600_000;

describe('a loop', () => {
  it('runs again when signalled, also when the signal comes during a round', async () => {
    let rounds = 0;
    let done: () => void;
    const thrice = new Promise<void>((resolve) => (done = resolve));
    const loop = startLoop(services, {
      name: 'test',
      topic: 'tasks',
      intervalMs: NEVER_MS,
      round: async () => {
        rounds += 1;
        if (rounds < 3) services.flow.signals.notify('tasks');
        else done();
      },
    });
    await thrice;
    await loop.stop();
    expect(rounds).toBe(3);
  });

  it('outlives a round that throws', async () => {
    let rounds = 0;
    const loop = startLoop(services, {
      name: 'test',
      topic: 'deliveries',
      intervalMs: 1,
      round: async () => {
        rounds += 1;
        if (rounds === 1) throw new Error('a store is away');
      },
    });
    while (rounds < 2) await services.flow.signals.wait('tasks', 1);
    await loop.stop();
    expect(rounds).toBeGreaterThanOrEqual(2);
  });

  it('stops in the middle of a long pause', async () => {
    const loop = startLoop(services, { name: 'test', intervalMs: NEVER_MS, round: async () => undefined });
    await expect(loop.stop()).resolves.toBeUndefined();
  });
});
