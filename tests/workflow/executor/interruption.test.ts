import { expect, test } from 'vitest';

import type { ReplacementPlan } from '../../../src/contracts/api/recommendations.ts';
import type { RolloutActivities, Slot, StageWindow } from '../../../src/platform/executor/contract.ts';
import { madeFor, order } from './fake-rollout.ts';
import { nth, observe, refuse, rollOut } from './rollouts.ts';

/** A cloud that takes `s1` at one moment; from then on it is gone. */
function takes(when: Partial<Record<keyof RolloutActivities, number>>) {
  const gone = new Set<string>();
  const slots: Slot[] = [];
  const weights: Readonly<Record<string, number>>[] = [];
  const windows: StageWindow[] = [];
  const stage = when.observeStage ?? 0;
  const shift = when.shiftTraffic ?? 0;
  const change: Partial<RolloutActivities> = {
    findGone: async ({ instanceIds }) => instanceIds.filter((id) => gone.has(id)),
    launchNodes: async ({ group, slots: wanted }) => {
      slots.push(...wanted);
      return { nodes: wanted.map((slot) => madeFor(group, slot)), evidence: {} };
    },
    observeStage: async ({ window }) => {
      windows.push(window);
      if (windows.length !== stage) return observe('passed')({ window });
      gone.add('s1');
      return { kind: 'lost', instanceIds: ['s1'] };
    },
    shiftTraffic: nth(
      shift,
      () => {
        gone.add('s1');
        return refuse('s1: not ready: gets its share once it is');
      },
      async (input) => {
        weights.push(input.weights);
        return { appliedAtWorldMs: 2_000_000 + weights.length * 60_000, evidence: {} };
      },
    ),
  };
  return { change, slots, weights, windows, gone };
}

test.concurrent.each([1, 2, 3])(
  'a node lost while stage %d is watched is replaced elsewhere and the stage judged from a fresh window',
  async (stage) => {
    const world = takes({ observeStage: stage });
    const notes = await rollOut(world.change);
    expect(notes.at(-1)).toMatch(/^status completed/);
    expect(world.slots.at(-1)).toEqual({
      slot: 0,
      attempt: 1,
      avoidZone: 'us-east-1a',
      lostIds: ['s1'],
    });
    const broken = world.windows[stage - 1];
    const fresh = world.windows[stage];
    expect(broken?.watchIds).toContain('s1');
    expect(fresh?.canary.instanceIds).toContain("s1'");
    expect(fresh?.canary.instanceIds).not.toContain('s1');
    expect(fresh?.canary.fromMs).toBeGreaterThan(broken?.canary.fromMs ?? Infinity);
    // What the broken window lost is counted, up to where the fresh one begins.
    expect(fresh?.interrupted).toEqual([{ ...broken?.canary, toMs: fresh?.canary.fromMs }]);
    expect(Object.keys(world.weights.at(-1) ?? {})).not.toContain('s1');
  },
);

test.concurrent('a node that is announced while it still runs is replaced as well', async () => {
  const slots: Slot[] = [];
  let announced = false;
  const notes = await rollOut({
    findLost: async ({ instanceIds }) => instanceIds.filter((id) => announced && id === 's1'),
    launchNodes: async ({ group, slots: wanted }) => {
      slots.push(...wanted);
      return { nodes: wanted.map((slot) => madeFor(group, slot)), evidence: {} };
    },
    observeStage: async ({ window }) => {
      if (announced || window.canary.instanceIds.length === 1) return observe('passed')({ window });
      announced = true;
      return { kind: 'lost', instanceIds: ['s1'] };
    },
  });
  expect(slots.slice(3)).toEqual([{ slot: 0, attempt: 1, avoidZone: 'us-east-1a', lostIds: ['s1'] }]);
  expect(notes.at(-1)).toMatch(/^status completed/);
});

test.concurrent('a replacement of a node that is announced stays, whatever fails after it', async () => {
  const notes = await rollOut({
    ...replacing,
    awaitReclaimed: () => refuse('cloud', 'CLOUD_REFUSED'),
    findLost: async ({ instanceIds }) => instanceIds.filter((id) => id === 'b'),
  });
  expect(notes).not.toContain('give back replacement');
});

test.concurrent('a node lost between two steps is replaced before traffic moves on', async () => {
  const world = takes({});
  const notes = await rollOut({
    ...world.change,
    observeStage: async ({ window }) => {
      world.windows.push(window);
      const seen = await observe('passed')({ window });
      if (world.windows.length === 1) world.gone.add('s1');
      return seen;
    },
  });
  expect(notes.at(-1)).toMatch(/^status completed/);
  expect(world.windows[1]?.canary.instanceIds).toEqual(["s1'", 's2', 's3']);
});

test.concurrent(
  'a node lost in the moment its traffic is moved is replaced and the move repeated',
  async () => {
    const world = takes({ shiftTraffic: 2 });
    const notes = await rollOut(world.change);
    expect(notes.at(-1)).toMatch(/^status completed/);
    expect(world.slots).toHaveLength(4);
  },
);

test.concurrent(
  'a node lost after the soak is replaced and the fleet soaks again before anything ends',
  async () => {
    const world = takes({});
    const events: string[] = [];
    const notes = await rollOut({
      ...world.change,
      observeStage: async ({ window }) => {
        world.windows.push(window);
        events.push('judged');
        if (world.windows.length === 3) world.gone.add('s2');
        return observe('passed')({ window });
      },
      terminateNode: async ({ instanceId }) => {
        events.push(`terminate ${instanceId}`);
        return { state: 'terminated' };
      },
    });
    expect(events).toEqual([
      'judged',
      'judged',
      'judged',
      'judged',
      'terminate a',
      'terminate b',
      'terminate c',
    ]);
    expect(world.windows[3]?.canary.instanceIds).toEqual(['s1', "s2'", 's3']);
    expect(notes.at(-1)).toMatch(/^status completed/);
  },
);

test.concurrent(
  'without room for another the rollout turns back, and the lost node is in no weight',
  async () => {
    const world = takes({ observeStage: 2 });
    const notes = await rollOut({
      ...world.change,
      launchNodes: nth(
        2,
        () => refuse('no spot capacity in any allowed zone; the fleet stays on demand', 'NO_SPOT_CAPACITY'),
        async ({ group, slots }) => ({ nodes: slots.map((slot) => madeFor(group, slot)), evidence: {} }),
      ),
    });
    expect(notes.at(-1)).toMatch(/^status rolled_back \(NO_SPOT_CAPACITY/);
    expect(notes).toContain('give back new');
    expect(world.weights.slice(2).every((weights) => !('s1' in weights))).toBe(true);
    expect(world.weights.at(-1)).toMatchObject({ a: 25, b: 25, c: 25, d: 25 });
  },
);

test.concurrent('a market that takes one node after another ends the rollout', async () => {
  const notes = await rollOut({
    observeStage: async ({ window }) => ({ kind: 'lost', instanceIds: window.canary.instanceIds }),
    findGone: async ({ instanceIds }) => instanceIds.filter((id) => id.startsWith('s1')),
  });
  expect(notes.at(-1)).toMatch(/^status rolled_back \(.*pools are not stable enough/);
});

test.concurrent(
  'no capacity at the start: nothing is left behind and the reason names the pools',
  async () => {
    const reason =
      'no spot capacity for p4d.24xlarge in any allowed zone; the fleet stays on demand (us-east-1a, us-east-1d)';
    const notes = await rollOut({ launchNodes: () => refuse(reason, 'NO_SPOT_CAPACITY') });
    expect(notes.filter((line) => line.startsWith('traffic'))).toEqual([]);
    expect(notes).toContain('give back new');
    expect(notes.at(-1)).toBe(`status rolled_back (NO_SPOT_CAPACITY: ${reason})`);
  },
);

const replacement: ReplacementPlan = {
  kind: 'replacement',
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  lost_instance_id: 'b',
  spot_zones: ['us-east-1b', 'us-east-1c'],
  on_demand_zone: 'us-east-1a',
};
const replacing: Partial<RolloutActivities> = {
  loadOrder: async () => ({ ...order, plan: replacement }),
};

test.concurrent('a replacement serves before the lost node is let go', async () => {
  const weights: Readonly<Record<string, number>>[] = [];
  const asked: unknown[] = [];
  const notes = await rollOut({
    ...replacing,
    launchNodes: async ({ group, slots }) => {
      asked.push(group);
      return { nodes: slots.map((slot) => madeFor(group, slot)), evidence: {} };
    },
    shiftTraffic: async (input) => {
      weights.push(input.weights);
      return { appliedAtWorldMs: 2_000_000, evidence: {} };
    },
  });
  expect(asked).toMatchObject([
    { lifecycle: 'spot', zones: ['us-east-1b'], fallbackZones: ['us-east-1c'], onDemandZone: 'us-east-1a' },
  ]);
  expect(weights).toEqual([{ a: 25, c: 25, d: 25, r1: 25, b: 0 }]);
  expect(notes.filter((line) => line.endsWith(' completed'))).toEqual([
    'create_replacement completed',
    'shift_traffic completed',
    'confirm_reclaimed completed',
  ]);
});

test.concurrent('a replacement that fails while the lost node lives is given back', async () => {
  const notes = await rollOut({ ...replacing, awaitReclaimed: () => refuse('cloud', 'CLOUD_REFUSED') });
  expect(notes).toContain('give back replacement');
  expect(notes.at(-1)).toMatch(/^status rolled_back/);
});

test.concurrent('once the lost node is gone its replacement stays, whatever fails after it', async () => {
  const weights: Readonly<Record<string, number>>[] = [];
  const notes = await rollOut({
    ...replacing,
    awaitReclaimed: () => refuse('cloud', 'CLOUD_REFUSED'),
    findGone: async ({ instanceIds }) => instanceIds.filter((id) => id === 'b'),
    shiftTraffic: async (input) => {
      weights.push(input.weights);
      return { appliedAtWorldMs: 2_000_000, evidence: {} };
    },
  });
  expect(notes).not.toContain('give back replacement');
  expect(weights.at(-1)).toEqual({ a: 25, r1: 25, c: 25, d: 25 });
});
