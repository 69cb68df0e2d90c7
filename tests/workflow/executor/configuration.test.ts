import { expect, test } from 'vitest';

import { CONFIGURATION_STEPS, stepsOf, type HybridPlan } from '../../../src/contracts/api/recommendations.ts';
import type {
  RolloutActivities,
  RolloutOrder,
  StageWindow,
} from '../../../src/platform/executor/contract.ts';
import { madeFor, migration, order, tuning } from './fake-rollout.ts';
import { nth, observe, refuse, rollOut } from './rollouts.ts';

interface Write {
  readonly weights: Readonly<Record<string, number>>;
  readonly configured: readonly string[];
}
/** Activities of a plan, with every write of the desired state and every window noted. */
function carrying(plan: RolloutOrder['plan']) {
  const writes: Write[] = [];
  const windows: StageWindow[] = [];
  const change: Partial<RolloutActivities> = {
    loadOrder: async () => ({ ...order, plan }),
    shiftTraffic: async ({ weights, configurations }) => {
      const configured = Object.entries(configurations).map(
        ([id, { quantization }]) => `${id} ${quantization}`,
      );
      writes.push({ weights, configured });
      return { appliedAtWorldMs: 2_000_000, evidence: {} };
    },
    observeStage: async ({ window }) => {
      windows.push(window);
      return observe('passed')({ window });
    },
  };
  return { change, writes, windows, configured: () => writes.flatMap(({ configured }) => configured) };
}

test.concurrent('one node, then half, then all, each drained while it restarts', async () => {
  const world = carrying(tuning);
  const notes = await rollOut(world.change);
  expect(notes.filter((line) => line.endsWith(' completed'))).toEqual(
    CONFIGURATION_STEPS.map((step) => `${step} completed`),
  );
  expect(world.configured()).toEqual(['a fp8', 'b fp8', 'c fp8', 'd fp8']);
  for (const { weights, configured } of world.writes) {
    const [id] = configured.map((line) => line.split(' ')[0] ?? '');
    expect(Object.values(weights).filter((weight) => weight === 0)).toHaveLength(configured.length);
    if (id !== undefined) expect(weights[id]).toBe(0);
  }
  expect(world.writes.at(-1)?.weights).toEqual({ a: 25, b: 25, c: 25, d: 25 });
  expect(notes).not.toContain('launch s1 s2 s3');
});

test.concurrent(
  'changed nodes are judged against unchanged ones of the same time, all against before',
  async () => {
    const world = carrying(tuning);
    await rollOut(world.change);
    expect(
      world.windows.map(({ canary, control, requirement }) => [
        canary.instanceIds.join(''),
        control.instanceIds.join(''),
        requirement.mode,
      ]),
    ).toEqual([
      ['a', 'b', 'improving'],
      ['ab', 'cd', 'improving'],
      ['abcd', 'abcd', 'strict'],
    ]);
    // The last control is the time before the rollout.
    expect(world.windows[2]?.control).toMatchObject({ fromMs: 800_000, toMs: 920_000 });
    expect(world.windows[2]?.requirement.proveErrorRate).toBe(true);
  },
);

const away: Partial<RolloutActivities>['shiftTraffic'] = () => refuse('engine refuses the configuration');
/** The write (from 1) in which each changing step configures its first node. */
const FIRST_WRITE = { configure_canary: 1, configure_50_percent: 4, configure_all: 7 } as const;
const JUDGED = {
  validate_configured_canary: 1,
  validate_configured_50_percent: 2,
  validate_configured_all: 3,
} as const;

test.concurrent.each(CONFIGURATION_STEPS)(
  'a failure in %s gives configurations and shares back, newest first',
  async (step) => {
    const world = carrying(tuning);
    const usual = world.change.shiftTraffic as RolloutActivities['shiftTraffic'];
    const write = step in FIRST_WRITE ? FIRST_WRITE[step as keyof typeof FIRST_WRITE] : 0;
    const stage = step in JUDGED ? JUDGED[step as keyof typeof JUDGED] : 0;
    const notes = await rollOut({
      ...world.change,
      shiftTraffic: nth(write, away, usual),
      observeStage: nth(stage, observe('failed'), observe('passed')),
    });
    expect(notes).toContain(`${step} failed`);
    expect(notes.at(-1)).toMatch(/^status rolled_back/);
    const all = world.configured();
    const changed = all.filter((line) => line.endsWith('fp8')).map((line) => line.split(' ')[0]);
    const back = all.filter((line) => line.endsWith('bf16')).map((line) => line.split(' ')[0]);
    // The node on which it failed was begun, so it is given back as well.
    expect(back.slice(back.length - changed.length)).toEqual(changed.toReversed());
    expect(back.length - changed.length).toBe(write === 0 ? 0 : 1);
    expect(world.writes.at(-1)?.weights).toEqual({ a: 25, b: 25, c: 25, d: 25 });
  },
);

const hybrid: HybridPlan = {
  kind: 'hybrid',
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  parts: [tuning, migration],
  recommendation_ids: ['rec_1', 'rec_2'],
};

test.concurrent(
  'a hybrid runs its parts one after another, and new nodes get what the first part set',
  async () => {
    const world = carrying(hybrid);
    const notes = await rollOut(world.change);
    expect(notes.filter((line) => line.endsWith(' completed'))).toEqual(
      stepsOf(hybrid).map((step) => `${step} completed`),
    );
    expect(world.configured()).toEqual(['a fp8', 'b fp8', 'c fp8', 'd fp8', 's1 fp8', 's2 fp8', 's3 fp8']);
    expect(notes.at(-1)).toMatch(/^status completed/);
  },
);

test.concurrent('a part works on the fleet that the part before it left', async () => {
  const world = carrying({
    ...hybrid,
    parts: [migration, { ...tuning, kind: 'configuration_change' }],
  });
  await rollOut(world.change);
  expect(world.configured().map((line) => line.split(' ')[0])).toEqual(['d', 's1', 's2', 's3']);
});

test.concurrent(
  'a later part that names nodes an earlier one has retired keeps to those that are left',
  async () => {
    const world = carrying({
      ...hybrid,
      parts: [
        migration,
        {
          kind: 'scale_in',
          reason: 'over_provisioned',
          deployment: 'vllm-prod-1',
          provider: 'aws',
          region: 'us-east-1',
          instance_type: 'p4d.24xlarge',
          retire_instance_ids: ['a', 'd'],
          keep_instance_ids: ['b', 'c'],
        },
      ],
    });
    const notes = await rollOut(world.change);
    expect(notes.filter((line) => line.startsWith('terminate'))).toEqual([
      'terminate a',
      'terminate b',
      'terminate c',
      'terminate_ondemand completed',
      'terminate d',
      'terminate_nodes completed',
    ]);
  },
);

test.concurrent('when a later part fails, everything is undone newest first', async () => {
  const world = carrying(hybrid);
  const notes = await rollOut({
    ...world.change,
    observeStage: nth(5, observe('failed'), observe('passed')),
    launchNodes: async ({ group, slots }) => ({
      nodes: slots.map((slot) => madeFor(group, slot)),
      evidence: {},
    }),
  });
  expect(notes).toContain('validate_50_percent failed');
  expect(notes.filter((line) => line.endsWith('rolled_back'))).toEqual([
    'scale_to_50_percent rolled_back',
    'deploy_canary rolled_back',
    'create_spot_instances rolled_back',
    'configure_all rolled_back',
    'configure_50_percent rolled_back',
    'configure_canary rolled_back',
  ]);
  expect(world.configured().slice(-4)).toEqual(['d bf16', 'c bf16', 'b bf16', 'a bf16']);
});
