import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Lifecycle } from '../../../../src/contracts/api/common.ts';
import { createLoadBalancer, type Backend } from '../../../../src/world/sites/load-balancer.ts';

const backend = (instanceId: string, lifecycle: Lifecycle = 'on_demand', available = true): Backend => ({
  instanceId,
  lifecycle,
  available,
});

function balancerOf(backends: readonly Backend[], weights?: Readonly<Record<string, number>>) {
  const balancer = createLoadBalancer<Backend>();
  balancer.setBackends(backends);
  if (weights !== undefined) balancer.assign(new Map(Object.entries(weights)));
  return balancer;
}

function picks(balancer: ReturnType<typeof balancerOf>, count: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < count; index += 1) {
    const chosen = balancer.pick()?.instanceId ?? 'nobody';
    counts[chosen] = (counts[chosen] ?? 0) + 1;
  }
  return counts;
}

describe('load balancer', () => {
  test('gives each node exactly its share over a full turn', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const named = Object.fromEntries(weights.map((weight, index) => [`i-${index}`, weight]));
        const balancer = balancerOf(
          Object.keys(named).map((instanceId) => backend(instanceId)),
          named,
        );
        const turn = weights.reduce((sum, weight) => sum + weight, 0);
        expect(picks(balancer, turn)).toEqual(named);
        expect(picks(balancer, turn)).toEqual(named);
      }),
    );
  });

  test('interleaves: the light node never gets two in a row', () => {
    const balancer = balancerOf([backend('heavy'), backend('light')], { heavy: 4, light: 2 });
    const order = Array.from({ length: 6 }, () => balancer.pick()?.instanceId);
    expect(order.join(' ')).not.toContain('light light');
  });

  test('shares evenly between on-demand nodes before anybody gave weights', () => {
    const balancer = balancerOf([backend('a'), backend('b'), backend('new', 'spot')]);
    expect(picks(balancer, 10)).toEqual({ a: 5, b: 5 });
    expect(balancer.weightOf('new')).toBe(0);
  });

  test('sends nothing to a node that is not available, and its share as soon as it is', () => {
    const weights = { a: 1, b: 1 };
    const balancer = balancerOf([backend('a'), backend('b', 'spot', false)], weights);
    expect(picks(balancer, 4)).toEqual({ a: 4 });
    expect(balancer.weightOf('b')).toBe(1);
    balancer.setBackends([backend('a'), backend('b', 'spot')]);
    expect(picks(balancer, 4)).toEqual({ a: 2, b: 2 });
  });

  test('sends nothing to a node whose weight is absent or zero', () => {
    const balancer = balancerOf([backend('a'), backend('b'), backend('c')], { a: 1, b: 0 });
    expect(picks(balancer, 3)).toEqual({ a: 3 });
    expect([balancer.weightOf('b'), balancer.weightOf('c')]).toEqual([0, 0]);
  });

  test('takes an excluded node out of rotation, whatever weights come later', () => {
    const balancer = balancerOf([backend('a'), backend('b', 'spot')], { a: 1, b: 9 });
    balancer.exclude('b');
    balancer.assign(new Map(Object.entries({ a: 1, b: 9 })));
    expect(picks(balancer, 5)).toEqual({ a: 5 });
    expect(balancer.weightOf('b')).toBe(0);
  });

  test('uses an excluded node while nothing else could answer', () => {
    const balancer = balancerOf([backend('a', 'on_demand', false), backend('b', 'spot')], { a: 1, b: 1 });
    balancer.exclude('b');
    expect(picks(balancer, 2)).toEqual({ b: 2 });
    balancer.setBackends([backend('a'), backend('b', 'spot')]);
    expect(picks(balancer, 2)).toEqual({ a: 2 });
  });

  test('has no turn to give when no node can take a request', () => {
    expect(balancerOf([]).pick()).toBeUndefined();
    expect(balancerOf([backend('a', 'on_demand', false)]).pick()).toBeUndefined();
    expect(balancerOf([backend('a')], { other: 1 }).pick()).toBeUndefined();
  });
});
