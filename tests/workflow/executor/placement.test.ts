import { expect, test } from 'vitest';

import { PLACEMENT_STEPS, type PlacementPlan } from '../../../src/contracts/api/recommendations.ts';
import type { NodeGroup, RolloutActivities } from '../../../src/platform/executor/contract.ts';
import { madeFor, order } from './fake-rollout.ts';
import { nth, observe, refuse, rollOut } from './rollouts.ts';

const plan: PlacementPlan = {
  kind: 'placement',
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  replace_instance_ids: ['a', 'b', 'c', 'd'],
  keep_instance_ids: [],
  target: {
    provider: 'gcp',
    region: 'us-central1',
    instance_type: 'a2-highgpu-8g',
    lifecycle: 'on_demand',
    nodes: [
      { zone: 'us-central1-a', usd_per_hour: 12 },
      { zone: 'us-central1-b', usd_per_hour: 12 },
    ],
  },
  transfer: { gb_per_month: 900, usd_per_month: 81 },
};
const moving: Partial<RolloutActivities> = { loadOrder: async () => ({ ...order, plan }) };

test.concurrent('a deployment moves to another cloud by the same stages under its own names', async () => {
  const groups: NodeGroup[] = [];
  const notes = await rollOut({
    ...moving,
    launchNodes: async ({ group, slots }) => {
      groups.push(group);
      return { nodes: slots.map((slot) => madeFor(group, slot)), evidence: {} };
    },
  });
  expect(notes.filter((line) => line.endsWith(' completed'))).toEqual(
    PLACEMENT_STEPS.map((step) => `${step} completed`),
  );
  expect(groups).toMatchObject([
    {
      place: { provider: 'gcp', region: 'us-central1' },
      instanceType: 'a2-highgpu-8g',
      lifecycle: 'on_demand',
      zones: ['us-central1-a', 'us-central1-b'],
      onDemandZone: null,
    },
  ]);
  expect(notes.filter((line) => line.startsWith('terminate '))).toEqual([
    'terminate a',
    'terminate b',
    'terminate c',
    'terminate d',
  ]);
});

test.concurrent('a target that answers worse is left again', async () => {
  const notes = await rollOut({ ...moving, observeStage: nth(2, observe('failed'), observe('passed')) });
  expect(notes).toContain('validate_50_percent failed');
  expect(notes).toContain('give back new');
  expect(notes.filter((line) => line.startsWith('terminate '))).toEqual([]);
  expect(notes.at(-1)).toMatch(/^status rolled_back/);
});

test.concurrent(
  'a source that is partly gone is made whole where it was before traffic goes back',
  async () => {
    const places: unknown[] = [];
    await rollOut({
      ...moving,
      launchNodes: async ({ group, slots }) => {
        places.push([group.name, group.place.provider]);
        return { nodes: slots.map((slot) => madeFor(group, slot)), evidence: {} };
      },
      terminateNode: ({ instanceId }) =>
        instanceId === 'b' ? refuse('protected', 'CLOUD_REFUSED') : Promise.resolve({ state: 'terminated' }),
      findGone: async ({ instanceIds }) => instanceIds.filter((id) => id === 'a'),
    });
    expect(places).toEqual([
      ['new', 'gcp'],
      ['stand-in-a', 'aws'],
    ]);
  },
);
