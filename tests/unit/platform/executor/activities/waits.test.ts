import { expect, test } from 'vitest';

import { createNodeActivities } from '../../../../../src/platform/executor/activities/nodes.ts';
import { zonesFor } from '../../../../../src/platform/executor/activities/slots.ts';
import { targetGroup } from '../../../../../src/platform/executor/policy/parts.ts';
import { configuration, migration } from '../../../../workflow/executor/fake-rollout.ts';
import { toRolloutOrder } from '../../../../../src/platform/executor/activities/order.ts';
import { createTrafficActivities } from '../../../../../src/platform/executor/activities/traffic.ts';
import type { InstanceView } from '../../../../../src/contracts/api/customers.ts';
import { contextOf, executionOrder, instance, partial } from './fixtures.ts';

const order = toRolloutOrder(executionOrder(), 60);
const group = targetGroup(migration, []);
const spot = (id: string, change: Partial<InstanceView>) => instance(id, { lifecycle: 'spot', ...change });

/** The inventory as it is at each look; the last one stays. */
function inventory(...looks: readonly InstanceView[][]) {
  let look = -1;
  return partial({
    market: { coldStartSeconds: async () => 600 },
    orchestrator: {
      context: async () => {
        look = Math.min(look + 1, looks.length - 1);
        return contextOf(looks[look] ?? []);
      },
    },
  });
}

test('nodes are awaited from unseen over pending to serving', async () => {
  const nodes = createNodeActivities(
    inventory(
      [],
      [spot('s1', { state: 'pending', ready: false })],
      [spot('s1', { ready: false })],
      [spot('s1', {})],
    ),
  );
  const { evidence } = await nodes.awaitNodesReady({ order, group, instanceIds: ['s1'] });
  expect(evidence).toMatchObject({ readiness: { s1: 'ready' }, expected_cold_start_seconds: 600 });
});

test('a node that serves another deployment is not ready for this one', async () => {
  const nodes = createNodeActivities(inventory([spot('s1', { deployment: null })]));
  await expect(nodes.awaitNodesReady({ order, group, instanceIds: ['s1'] })).rejects.toMatchObject({
    code: 'WAIT_TIMEOUT',
  });
});

test('a node that never serves ends the wait at its deadline, saying what was seen last', async () => {
  const nodes = createNodeActivities(inventory([spot('s1', { ready: false })]));
  await expect(nodes.awaitNodesReady({ order, group, instanceIds: ['s1', 's2'] })).rejects.toThrow(
    /"s1":"running","s2":"unseen"/,
  );
});

test('a node that the cloud takes while it starts ends the wait at once, by name', async () => {
  const nodes = createNodeActivities(
    inventory([spot('s1', { ready: false })], [spot('s1', { state: 'terminated' })]),
  );
  const { lostIds } = await nodes.awaitNodesReady({ order, group, instanceIds: ['s1'] });
  expect(lostIds).toEqual(['s1']);
});

test('zones are tried in order: the slot’s own, the other planned, the fallbacks, none twice', () => {
  expect(zonesFor(group, { slot: 1, avoidZone: null })).toEqual([
    'us-east-1b',
    'us-east-1a',
    'us-east-1c',
    'us-east-1d',
  ]);
});

test('a slot that lost its node tries that zone last', () => {
  const zones = zonesFor(group, { slot: 1, avoidZone: 'us-east-1b' });
  expect(zones).toEqual(['us-east-1a', 'us-east-1c', 'us-east-1d', 'us-east-1b']);
});

/** An agent-runtime that applies at its third look. */
function runtime(problems: Record<string, string>, appliesAt = 3) {
  let looks = 0;
  const states: unknown[] = [];
  const dependencies = partial({
    orchestrator: {
      putDesiredState: async (_customer: string, state: unknown) => {
        states.push(state);
        return 7;
      },
      desiredStateStatus: async (_customer: string, generation: number) => {
        looks += 1;
        const applied = looks >= appliesAt;
        return { generation, applied, applied_at_ms: applied ? 42 : null, problems };
      },
    },
  });
  return { states, traffic: createTrafficActivities(dependencies) };
}

test('new weights are in force when the agent-runtime says that it applied them', async () => {
  const { states, traffic } = runtime({});
  const moved = await traffic.shiftTraffic({
    order,
    weights: { a: 90, s1: 10 },
    configurations: { a: configuration },
  });
  expect(moved.appliedAtWorldMs).toBe(42);
  expect(states).toEqual([
    {
      deployments: [
        {
          name: 'vllm-prod-1',
          weights: { a: 90, s1: 10 },
          engine_configurations: { a: configuration },
        },
      ],
      lease: { optimization_id: 'opt_1', fencing_token: 7 },
    },
  ]);
});

test('weights that could not be applied are an error naming the instance', async () => {
  const { traffic } = runtime({ s1: 'unknown instance' });
  await expect(traffic.shiftTraffic({ order, weights: { s1: 10 }, configurations: {} })).rejects.toThrow(
    's1: unknown instance',
  );
});

test('a silent agent-runtime ends the wait', async () => {
  const { traffic } = runtime({}, Infinity);
  await expect(
    traffic.shiftTraffic({ order, weights: { s1: 10 }, configurations: {} }),
  ).rejects.toMatchObject({
    code: 'WAIT_TIMEOUT',
  });
});
