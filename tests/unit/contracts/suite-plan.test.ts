import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { ScenarioDefinition } from '../../../src/contracts/scenarios/index.ts';
import { planItems, seedOf } from '../../../src/contracts/suite-plan.ts';
import { suiteIdOf, suiteRunIdOf, suiteWorkflowIdOf } from '../../../src/contracts/suites.ts';

const catalogue = (count: number): ScenarioDefinition[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `s${String(index)}`,
    title: '',
    workflowType: 's',
    tags: [],
    description: '',
    phases: [],
  }));
const ALL = { patterns: [], expression: null, tags: [], notTags: [] };
const input = { selection: ALL, repeat: 1, shard: null, retries: 0 };

test('every scenario once, then every scenario again with a seed of its own', () => {
  const items = planItems({ ...input, repeat: 2 }, 7, catalogue(2));
  expect(items.map(({ number, scenario, repetition }) => [number, scenario, repetition])).toEqual([
    [1, 's0', 1],
    [2, 's1', 1],
    [3, 's0', 2],
    [4, 's1', 2],
  ]);
  expect(items.map(({ seed }) => seed)).toEqual([7, 7, seedOf(7, 2), seedOf(7, 2)]);
});

test('shards share the items out: each in exactly one, neighbours apart, sizes alike', () => {
  const sizes = fc.record({
    scenarios: fc.integer({ min: 1, max: 12 }),
    repeat: fc.integer({ min: 1, max: 4 }),
    count: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(sizes, ({ scenarios, repeat, count }) => {
      fc.pre(scenarios * repeat >= count);
      const whole = planItems({ ...input, repeat }, 7, catalogue(scenarios));
      const key = (item: (typeof whole)[number]) => `${item.scenario}#${String(item.repetition)}`;
      const shards = Array.from({ length: count }, (_, index) =>
        planItems({ ...input, repeat, shard: { index: index + 1, count } }, 7, catalogue(scenarios)),
      );
      expect(shards.flat().map(key).toSorted()).toEqual(whole.map(key).toSorted());
      const lengths = shards.map(({ length }) => length);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      for (const shard of shards)
        expect(shard.map(({ number }) => number)).toEqual(shard.map((_, at) => at + 1));
    }),
  );
});

test('seeds of repetitions are whole, in range and differ', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), (seed) => {
      const seeds = [1, 2, 3, 4, 5].map((repetition) => seedOf(seed, repetition));
      expect(seeds[0]).toBe(seed);
      expect(new Set(seeds).size).toBe(5);
      for (const each of seeds) {
        expect(Number.isInteger(each) && each >= 0 && each <= 2_147_483_647).toBe(true);
      }
    }),
  );
});

test.each([
  [{ ...input, shard: { index: 3, count: 3 } }, 'shard 3/3 of 2 is empty'],
  [{ ...input, repeat: 1_000, retries: 1 }, '2000 runs with 1 retries are over the 2000 of a suite'],
  [{ ...input, selection: { ...ALL, patterns: ['x'] } }, 'no scenario is named "x"'],
])('%# nothing, or too much, is refused', (wanted, said) => {
  expect(() => planItems(wanted, 7, catalogue(2))).toThrow(said);
});

test('ids of suites and their runs', () => {
  expect(suiteIdOf(suiteWorkflowIdOf('20261128-225056-16j7'))).toBe('20261128-225056-16j7');
  expect(suiteRunIdOf('20261128-225056-16j7', 3, 2)).toBe('20261128-225056-16j7-03-2');
});
