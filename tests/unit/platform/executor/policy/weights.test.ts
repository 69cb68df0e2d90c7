import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  canaryStage,
  halfStage,
  originalWeights,
  targetStage,
  type RolloutFleet,
} from '../../../../../src/platform/executor/policy/weights.ts';

const acme: RolloutFleet = { newIds: ['s1', 's2', 's3'], retiringIds: ['a', 'b', 'c'], keptIds: ['d'] };

test('Acme at 10 %: canary and control carry 10 each, the other three the rest', () => {
  const { weights, canaryIds, controlIds } = canaryStage(acme);
  expect(canaryIds).toEqual(['s1']);
  expect(controlIds).toEqual(['a']);
  expect(weights).toMatchObject({ s1: 10, a: 10, s2: 0, s3: 0 });
  expect(weights['b']).toBeCloseTo(80 / 3);
});

test('Acme at 50 %: three new and three old nodes, the kept one rests', () => {
  const { weights, controlIds } = halfStage(acme);
  expect(controlIds).toEqual(['a', 'b', 'c']);
  expect(weights['s1']).toBeCloseTo(50 / 3);
  expect(weights['a']).toBeCloseTo(50 / 3);
  expect(weights['d']).toBe(0);
});

test('one new node of four carries its share at the half stage, not half of everything', () => {
  const { weights, canaryIds, controlIds } = halfStage({
    newIds: ['s4'],
    retiringIds: ['f'],
    keptIds: ['s1', 's2', 'd'],
  });
  expect(canaryIds).toEqual(['s4']);
  expect(controlIds).toEqual(['f']);
  expect(weights).toMatchObject({ s4: 25, f: 25 });
  expect(weights['d']).toBeCloseTo(50 / 3);
});

test('Acme at 100 %: target fleet shares evenly, retiring nodes are drained', () => {
  expect(targetStage(acme).weights).toEqual({ s1: 25, s2: 25, s3: 25, d: 25, a: 0, b: 0, c: 0 });
});

test.each([canaryStage, halfStage, targetStage])('a stage without new nodes is refused (%o)', (stage) => {
  expect(() => stage({ ...acme, newIds: [] })).toThrow(RangeError);
});

const ids = (prefix: string, min: number) =>
  fc
    .integer({ min, max: 8 })
    .map((size) => Array.from({ length: size }, (_, index) => `${prefix}${String(index)}`));
const fleets = fc.record({ newIds: ids('n', 1), retiringIds: ids('r', 1), keptIds: ids('k', 0) });
const sum = (weights: Readonly<Record<string, number>>, of: readonly string[]): number =>
  of.reduce((total, id) => total + (weights[id] ?? Number.NaN), 0);

test('for a fleet of any size: 10, 50, 100 %, every node named, arms with the same load a node', () => {
  fc.assert(
    fc.property(fleets, (fleet) => {
      const all = [...fleet.newIds, ...fleet.retiringIds, ...fleet.keptIds];
      for (const [stage, share] of [
        [canaryStage(fleet), 10],
        [
          halfStage(fleet),
          Math.min(50, (100 * fleet.newIds.length) / (fleet.newIds.length + fleet.keptIds.length)),
        ],
      ] as const) {
        expect(sum(stage.weights, all)).toBeCloseTo(100);
        expect(sum(stage.weights, fleet.newIds)).toBeCloseTo(share);
        if (all.length > 2) {
          const perNode = [...stage.canaryIds, ...stage.controlIds].map((id) => stage.weights[id] ?? 0);
          const single = fleet.retiringIds.length + fleet.keptIds.length === 1 && share === 10;
          if (!single) expect(Math.max(...perNode) - Math.min(...perNode)).toBeLessThan(1e-9);
        }
      }
      const target = targetStage(fleet).weights;
      expect(sum(target, all)).toBeCloseTo(100);
      expect(sum(target, fleet.retiringIds)).toBe(0);
    }),
  );
});

test('the way back is what was measured, and an even split where nothing was', () => {
  expect(originalWeights(['a', 'b'], { a: 30, b: 10 })).toEqual({ a: 75, b: 25 });
  expect(originalWeights(['a', 'b'], {})).toEqual({ a: 50, b: 50 });
});
