import { expect, test } from 'vitest';

import { differencesOf } from '../../../activities/state-differences.ts';
import type { StateSnapshot } from '../../../src/contracts/activities.ts';
import { UNTUNED_ENGINE } from '../../../src/fixtures/index.ts';

type Node = StateSnapshot['nodes'][number];
const node = (instanceId: string, change: Partial<Node> = {}): Node => ({
  instanceId,
  deployment: 'vllm-prod-1',
  lifecycle: 'on_demand',
  weight: 1,
  instanceType: 'p4d.24xlarge',
  region: 'us-east-1',
  engineConfiguration: UNTUNED_ENGINE,
  ...change,
});
const state = (
  nodes: readonly Node[],
  running = nodes.map(({ instanceId }) => instanceId),
): StateSnapshot => ({
  takenAtWorldMs: 0,
  nodes,
  runningInstanceIds: running,
});
const before = state([node('a'), node('b')]);

test('the same state, weights scaled alike, has no difference', () => {
  expect(differencesOf(before, state([node('b', { weight: 5 }), node('a', { weight: 5 })]))).toEqual([]);
});

test.each([
  ['a node that is gone', state([node('a')]), 'b is gone'],
  [
    'another share of the traffic',
    state([node('a', { weight: 3 }), node('b')]),
    'a gets 0.750 of the traffic, not 0.500',
  ],
  [
    'another engine configuration',
    state([node('a', { engineConfiguration: { ...UNTUNED_ENGINE, quantization: 'fp8' } }), node('b')]),
    'a: quantization is fp8, not bf16',
  ],
  [
    'a node that was left serving',
    state([node('a'), node('b'), node('s', { lifecycle: 'spot', weight: 0 })]),
    's (spot) serves, and did not before',
  ],
  [
    'a machine that was left running',
    state([node('a'), node('b')], ['a', 'b', 's']),
    'the cloud runs s, and did not before',
  ],
  ['a machine that the cloud lost', state([node('a'), node('b')], ['a']), 'the cloud no longer runs b'],
])('%s is named', (_, after, said) => {
  expect(differencesOf(before, after)).toContain(said);
});
