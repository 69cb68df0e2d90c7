import { expect, test } from 'vitest';

import { SCALE_IN_STEPS, type ScaleInPlan } from '../../../src/contracts/api/recommendations.ts';
import type { RolloutActivities, StageWindow } from '../../../src/platform/executor/contract.ts';
import { order } from './fake-rollout.ts';
import { nth, observe, refuse, rollOut } from './rollouts.ts';

const plan: ScaleInPlan = {
  kind: 'scale_in',
  reason: 'over_provisioned',
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  retire_instance_ids: ['c', 'd'],
  keep_instance_ids: ['a', 'b'],
};
function scaling(change: Partial<RolloutActivities> = {}, of: ScaleInPlan = plan) {
  const weights: Readonly<Record<string, number>>[] = [];
  const windows: StageWindow[] = [];
  const differences: (readonly string[])[] = [];
  const run = rollOut({
    loadOrder: async () => ({ ...order, plan: of }),
    shiftTraffic: async (input) => {
      weights.push(input.weights);
      return { appliedAtWorldMs: 2_000_000, evidence: {} };
    },
    observeStage: async ({ window }) => {
      windows.push(window);
      return observe('passed')({ window });
    },
    ...change,
  });
  return { run, weights, windows, differences };
}

test.concurrent('nodes are drained, the rest is watched, and only then do they end', async () => {
  const { run, weights, windows } = scaling();
  const notes = await run;
  expect(weights).toEqual([{ a: 50, b: 50, c: 0, d: 0 }]);
  expect(windows[0]).toMatchObject({
    canary: { instanceIds: ['a', 'b'] },
    requirement: { mode: 'fewer_nodes', proveErrorRate: true },
    watchIds: ['a', 'b'],
  });
  expect(notes).toEqual([
    'status executing',
    'drain_nodes completed',
    'validate_drained completed',
    'terminate c',
    'terminate d',
    'terminate_nodes completed',
    'status completed (all steps completed)',
  ]);
});

test.concurrent.each(SCALE_IN_STEPS)('a failure in %s gives the nodes their shares back', async (step) => {
  const fault: Record<(typeof SCALE_IN_STEPS)[number], Partial<RolloutActivities>> = {
    drain_nodes: {},
    validate_drained: { observeStage: observe('failed') },
    terminate_nodes: { checkStaying: () => refuse('share') },
  };
  const weights: Readonly<Record<string, number>>[] = [];
  const shift: RolloutActivities['shiftTraffic'] = async (input) => {
    weights.push(input.weights);
    return { appliedAtWorldMs: 2_000_000, evidence: {} };
  };
  const notes = await scaling({
    shiftTraffic: nth(step === 'drain_nodes' ? 1 : 0, () => refuse('no'), shift),
    ...fault[step],
  }).run;
  expect(notes).toContain(`${step} failed`);
  expect(notes.filter((line) => line.startsWith('terminate '))).toEqual([]);
  expect(weights.at(-1)).toEqual({ a: 25, b: 25, c: 25, d: 25 });
  expect(notes.at(-1)).toMatch(/^status rolled_back/);
});

test.concurrent(
  'a second node that cannot end: the first is not made again, the rest has its share',
  async () => {
    const { run, weights } = scaling({
      terminateNode: ({ instanceId }) =>
        instanceId === 'd' ? refuse('protected', 'CLOUD_REFUSED') : Promise.resolve({ state: 'terminated' }),
      findGone: async ({ instanceIds }) => instanceIds.filter((id) => id === 'c'),
    });
    const notes = await run;
    expect(notes.some((line) => line.startsWith('launch'))).toBe(false);
    expect(weights.at(-1)).toEqual({ a: 25, b: 25, d: 25 });
  },
);

test.concurrent('a node that should stay and is gone stops it before anything ends', async () => {
  const notes = await scaling({
    findGone: async ({ instanceIds }) => instanceIds.filter((id) => id === 'a'),
  }).run;
  expect(notes.at(-1)).toMatch(/rolled_back \(nodes that should stay are gone, or the cloud takes them: a\)/);
  expect(notes).not.toContain('terminate c');
});

test.concurrent(
  'a node lost while the rest is watched stops it: nothing was made that could take its place',
  async () => {
    const notes = await scaling({
      observeStage: async () => ({ kind: 'lost', instanceIds: ['a'] }),
    }).run;
    expect(notes.at(-1)).toMatch(/rolled_back \(fewer nodes stopped: the cloud took a\)/);
  },
);

const idle: ScaleInPlan = {
  ...plan,
  reason: 'idle',
  retire_instance_ids: ['a', 'b', 'c', 'd'],
  keep_instance_ids: [],
};

test.concurrent(
  'an idle deployment is watched for requests and shut down without moving traffic',
  async () => {
    const { run, weights } = scaling({}, idle);
    const notes = await run;
    expect(weights).toEqual([]);
    expect(notes.filter((line) => line.startsWith('terminate '))).toHaveLength(4);
    expect(notes.at(-1)).toMatch(/^status completed/);
  },
);

test.concurrent('a request that comes meanwhile keeps the deployment', async () => {
  const notes = await scaling({ observeIdle: async () => ({ idle: false, requests: 3, evidence: {} }) }, idle)
    .run;
  expect(notes.filter((line) => line.startsWith('terminate '))).toEqual([]);
  expect(notes.at(-1)).toBe('status rolled_back (not idle: 3 requests came while it was watched)');
});
