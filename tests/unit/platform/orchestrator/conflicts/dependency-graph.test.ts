import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  ancestorsOf,
  describeCycle,
  findCycle,
  inDependencyOrder,
} from '../../../../../src/platform/orchestrator/conflicts/dependency-graph.ts';

const node = (index: number): string => `n${String(index).padStart(5, '0')}`;

describe('circles', () => {
  it('are found and named at any length, one that waits for itself included', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (length) => {
        const graph = new Map(
          Array.from({ length }, (_, index) => [node(index), [node((index + 1) % length)]] as const),
        );
        const cycle = findCycle(graph) ?? [];
        expect(cycle).toHaveLength(length + 1);
        expect(cycle[0]).toBe(cycle.at(-1));
        for (const [index, id] of cycle.slice(0, -1).entries()) {
          expect(graph.get(id)).toContain(cycle[index + 1]);
        }
      }),
    );
    expect(describeCycle(['a', 'b', 'c', 'a'])).toBe('a → b → c → a');
  });

  it('are not seen where all edges lead one way, however they branch', () => {
    const edges = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 120 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const graph = new Map<string, string[]>();
        for (const [a, b] of pairs) {
          if (a === b) continue;
          const [high, low] = a > b ? [a, b] : [b, a];
          graph.set(node(high), [...(graph.get(node(high)) ?? []), node(low)]);
        }
        expect(findCycle(graph)).toBeUndefined();
        const ids = Array.from({ length: 31 }, (_, index) => node(30 - index));
        const ordered = inDependencyOrder(ids, graph);
        expect([...ordered].sort()).toEqual([...ids].sort());
        for (const [id, needed] of graph) {
          for (const other of needed) expect(ordered.indexOf(other)).toBeLessThan(ordered.indexOf(id));
        }
      }),
    );
  });

  it('are looked for in a chain of thousands without end or overflow', () => {
    const length = 20_000;
    const chain = new Map(
      Array.from({ length }, (_, index) => [node(index), index + 1 < length ? [node(index + 1)] : []]),
    );
    expect(findCycle(chain)).toBeUndefined();
    expect(ancestorsOf(chain, node(0)).size).toBe(length - 1);
  });
});

describe('the order of dependencies', () => {
  it('keeps the given order where nothing waits, and what was named twice', () => {
    expect(inDependencyOrder(['b', 'a', 'b'], new Map())).toEqual(['b', 'a', 'b']);
    expect(
      inDependencyOrder(
        ['c', 'a'],
        new Map([
          ['c', ['b']],
          ['b', ['a']],
        ]),
      ),
    ).toEqual(['a', 'c']);
  });

  it('refuses a circle instead of going round', () => {
    expect(() =>
      inDependencyOrder(
        ['a', 'b'],
        new Map([
          ['a', ['b']],
          ['b', ['a']],
        ]),
      ),
    ).toThrow('circle');
  });
});
