import { describe, expect, it } from 'vitest';

import { runPlan, type Planned } from '../../../src/environment/start-plan.ts';

const PLAN: readonly Planned[] = [
  { name: 'orchestrator', after: ['postgres', 'redis'] },
  { name: 'postgres', after: [] },
  { name: 'redis', after: [] },
  { name: 'portal', after: ['orchestrator'] },
];

describe('runPlan', () => {
  it('starts each once, after its conditions', async () => {
    const started: string[] = [];
    await runPlan(PLAN, async (name) => void started.push(name), new AbortController());
    expect(started.toSorted()).toEqual(['orchestrator', 'portal', 'postgres', 'redis']);
    expect(started.indexOf('orchestrator')).toBe(2);
    expect(started.indexOf('portal')).toBe(3);
  });

  it('counts conditions outside the plan as held', async () => {
    const started: string[] = [];
    const plan: Planned[] = [{ name: 'worker', after: ['temporal'] }];
    await runPlan(plan, async (name) => void started.push(name), new AbortController());
    expect(started).toEqual(['worker']);
  });

  it('rejects with the first failure, aborts the rest and starts nothing that depended on it', async () => {
    const abort = new AbortController();
    const started: string[] = [];
    const failure = new Error('redis died');
    const run = runPlan(
      PLAN,
      async (name) => {
        if (name === 'redis') throw failure;
        // Only ends because the failure aborts it.
        await new Promise<void>((_resolve, reject) => {
          abort.signal.addEventListener('abort', () => reject(abort.signal.reason as Error));
        });
        started.push(name);
      },
      abort,
    );
    await expect(run).rejects.toBe(failure);
    expect(started).toEqual([]);
  });
});
