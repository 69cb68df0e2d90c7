import { expect, test } from 'vitest';

import type { OptimizationResult } from '../../../src/contracts/api/recommendations.ts';
import type { RolloutActivities } from '../../../src/platform/executor/contract.ts';
import { refuse, rollOut } from './rollouts.ts';

/** A cloud in which the second old node is protected: the first is gone for good when the second is refused. */
function protectedNode(change: Partial<RolloutActivities> = {}) {
  const results: (OptimizationResult | null)[] = [];
  const weights: Readonly<Record<string, number>>[] = [];
  const run = rollOut({
    terminateNode: ({ instanceId }) =>
      instanceId === 'b'
        ? refuse('OperationNotPermitted: b is protected', 'CLOUD_REFUSED')
        : Promise.resolve({ state: 'terminated' }),
    findGone: async ({ instanceIds }) => instanceIds.filter((id) => id === 'a'),
    shiftTraffic: async (input) => {
      weights.push(input.weights);
      return { appliedAtWorldMs: 2_000_000, evidence: {} };
    },
    reportStatus: async ({ result }) => {
      results.push(result);
    },
    verifyRestored: async () => ({
      restored: false,
      differences: ['instance a is gone', 'instance A (on_demand) was not there before'],
      measured: {},
    }),
    ...change,
  });
  return { run, result: () => results.at(-1), weights };
}

test.concurrent(
  'a refused termination after another: what is gone is replaced, then traffic goes back',
  async () => {
    const { run, result, weights } = protectedNode();
    const notes = await run;
    expect(notes).toContain('terminate_ondemand failed');
    expect(notes.indexOf('launch A')).toBeGreaterThan(notes.indexOf('terminate_ondemand failed'));
    expect(notes.filter((line) => line.endsWith('rolled_back'))).toEqual([
      'full_migration rolled_back',
      'scale_to_50_percent rolled_back',
      'deploy_canary rolled_back',
      'create_spot_instances rolled_back',
    ]);
    // The old fleet carries everything again, the stand-in in the place of the one that is gone.
    expect(weights.at(-1)).toEqual({ A: 25, b: 25, c: 25, d: 25 });
    expect(notes).toContain('give back new');
    expect(result()).toMatchObject({
      success: false,
      reason: 'CLOUD_REFUSED: OperationNotPermitted: b is protected',
      original_state_restored: false,
    });
    expect(result()?.differences).toContain(
      'irreversible: instance a is terminated; A was made on demand in its place',
    );
    expect(result()?.differences).toContain('instance a is gone');
  },
);

test.concurrent(
  'without a stand-in the new fleet keeps the traffic, and the end says what was not done',
  async () => {
    const launched: string[] = [];
    const { run, result, weights } = protectedNode({
      launchNodes: ({ group }) => {
        launched.push(group.name);
        if (group.name !== 'new') return refuse('no machine of this kind', 'NO_SPOT_CAPACITY');
        return Promise.resolve({
          nodes: ['s1', 's2', 's3'].map((instanceId) => ({
            instanceId,
            zone: 'us-east-1a',
            lifecycle: 'spot' as const,
          })),
          evidence: {},
        });
      },
    });
    const notes = await run;
    expect(launched).toEqual(['new', 'stand-in-a']);
    expect(notes.filter((line) => line.endsWith('rolled_back'))).toEqual([]);
    expect(notes).not.toContain('give back new');
    expect(Object.keys(weights.at(-1) ?? {})).toEqual(expect.arrayContaining(['s1', 's2', 's3', 'd']));
    expect(result()?.differences.join()).toContain('could not replace the terminated nodes on demand');
    expect(result()?.differences.join()).toContain('nothing stands in its place');
  },
);

test.concurrent('a refusal before anything is gone leaves nothing irreversible', async () => {
  const results: (OptimizationResult | null)[] = [];
  const notes = await rollOut({
    terminateNode: () => refuse('protected', 'CLOUD_REFUSED'),
    reportStatus: async ({ result }) => {
      results.push(result);
    },
  });
  expect(notes).toContain('give back new');
  expect(results.at(-1)).toMatchObject({ original_state_restored: true, differences: [] });
});

test.concurrent('a stale lease ends the rollout without touching traffic or nodes again', async () => {
  let shifts = 0;
  const results: (OptimizationResult | null)[] = [];
  const notes = await rollOut({
    shiftTraffic: async () => {
      shifts += 1;
      if (shifts === 2) return refuse('token 7 is older than 8', 'STALE_LEASE');
      return { appliedAtWorldMs: 2_000_000, evidence: {} };
    },
    reportStatus: async ({ status, result }) => {
      expect(status).not.toBe('rolling_back');
      results.push(result);
    },
  });
  expect(shifts).toBe(2);
  expect(notes).not.toContain('give back new');
  expect(results.at(-1)).toMatchObject({
    reason: 'STALE_LEASE: token 7 is older than 8',
    original_state_restored: false,
  });
  expect(results.at(-1)?.differences).toContain('not undone: create_spot_instances: terminate the new nodes');
});
