import fc from 'fast-check';
import { expect, test } from 'vitest';

import { configurationStages } from '../../../../../src/platform/executor/policy/configuration-stages.ts';

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_none, index) => `i-${String(index)}`);

test('of four nodes one is changed first, then half, then all', () => {
  const { batches, canary, half, all } = configurationStages(ids(4), ids(4));
  expect(batches).toEqual([['i-0'], ['i-1'], ['i-2', 'i-3']]);
  expect([canary.canaryIds, canary.controlIds]).toEqual([['i-0'], ['i-1']]);
  expect([half.canaryIds, half.controlIds]).toEqual([
    ['i-0', 'i-1'],
    ['i-2', 'i-3'],
  ]);
  expect([all.canaryIds, all.controlIds]).toEqual([ids(4), []]);
});

test('the only node is not restarted, and no node is no change', () => {
  expect(() => configurationStages(['i-0'], ['i-0'])).toThrow(/outage/);
  expect(() => configurationStages([], ids(3))).toThrow(/needs a node/);
});

test('each node is changed once, arms are disjoint, of one size and of one load', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 12 }), (members, wanted) => {
      const targets = ids(Math.min(members, wanted));
      const { batches, canary, half, all } = configurationStages(targets, ids(members));
      expect(batches.flat()).toEqual(targets);
      for (const { weights, canaryIds, controlIds } of [canary, half, all]) {
        expect(canaryIds.filter((id) => controlIds.includes(id))).toEqual([]);
        if (controlIds.length > 0) expect(controlIds).toHaveLength(canaryIds.length);
        expect(new Set(Object.values(weights)).size).toBe(1);
      }
      expect(all.controlIds.length === 0).toBe(targets.length === members);
    }),
  );
});
