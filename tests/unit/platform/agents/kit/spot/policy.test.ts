import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { confidenceOf } from '../../../../../../src/platform/agents/kit/confidence.ts';
import { isProtected } from '../../../../../../src/platform/agents/kit/never-touch.ts';
import { splitOnDemand } from '../../../../../../src/platform/agents/kit/spot/replaceable.ts';
import { riskOf } from '../../../../../../src/platform/agents/kit/spot/risk.ts';
import {
  fallbackZones,
  outlierZones,
  spreadOver,
  usefulZones,
} from '../../../../../../src/platform/agents/kit/spot/zones.ts';
import { acme, node, quote } from '../../fakes.ts';

describe('zones', () => {
  it('are useful up to nine tenths of the on-demand price', () => {
    const spot = [
      { zone: 'b', usd_per_hour: 9 },
      { zone: 'a', usd_per_hour: 9 },
      { zone: 'c', usd_per_hour: 9.01 },
    ];
    expect(usefulZones(quote({ on_demand_usd_per_hour: 10, spot })).map(({ zone }) => zone)).toEqual([
      'a',
      'b',
    ]);
  });

  it('share nodes evenly, whatever their numbers', () => {
    const zones = (count: number) =>
      Array.from({ length: count }, (_zone, index) => ({ zone: `z${index}`, usd_per_hour: 1 + index }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 }), (count, nodes) => {
        const chosen = spreadOver(zones(count), nodes);
        expect(chosen).toHaveLength(nodes);
        const perZone = [...new Set(chosen)].map((zone) => chosen.filter((other) => other === zone).length);
        expect(Math.max(...perZone) - Math.min(...perZone)).toBeLessThanOrEqual(1);
        expect(perZone).toHaveLength(Math.min(count, nodes));
        expect(new Set(fallbackZones(zones(count), chosen)).size).toBe(count);
      }),
    );
  });

  it('are outliers below half the median of at least three', () => {
    const at = (...prices: number[]) =>
      prices.map((usd_per_hour, index) => ({ zone: `z${index}`, usd_per_hour }));
    expect(outlierZones(at(2.47, 8.19, 8.12, 7.88)).map(({ zone }) => zone)).toEqual(['z0']);
    expect(outlierZones(at(2, 8))).toEqual([]);
  });
});

describe('never-touch rules', () => {
  const tagged = node(1, { tags: { team: 'core', 'a=b': 'c' } });
  it.each([
    [[], false],
    [['team'], true],
    [['team=core'], true],
    [['team=web'], false],
    [['other'], false],
    [['toString'], false],
    [['other', 'team'], true],
  ])('%j protects: %s', (rules, expected) => {
    expect(isProtected(tagged, rules)).toBe(expected);
  });
});

describe('the minimum on-demand share', () => {
  it('always stays', () => {
    const arbitrary = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 0, max: 1, noNaN: true }), ([onDemand, spot], share) => {
        const instances = Array.from({ length: onDemand + spot }, (_node, index) =>
          node(index, { lifecycle: index < onDemand ? 'on_demand' : 'spot' }),
        );
        const { preferences } = acme({ preferences: { minimum_on_demand_share: share } });
        const { limit } = splitOnDemand(instances, preferences);
        const kept = (onDemand - limit) / instances.length;
        expect(limit === 0 || kept >= share - 1e-6).toBe(true);
      }),
    );
  });

  it('keeps exactly a tenth of thirty', () => {
    const instances = Array.from({ length: 30 }, (_node, index) => node(index));
    const { preferences } = acme({ preferences: { minimum_on_demand_share: 0.1 } });
    expect(splitOnDemand(instances, preferences).limit).toBe(27);
  });
});

describe('risk', () => {
  const calm = { keptOnDemandShare: 0.5, interruptionsPerMonth: 0.4, degradedHeadroomShare: 0.3 };
  it.each([
    [{}, 'low'],
    [{ keptOnDemandShare: 0.25 }, 'medium'],
    [{ keptOnDemandShare: 0.25, interruptionsPerMonth: 96 }, 'high'],
    [{ degradedHeadroomShare: 0.01 }, 'medium'],
    [{ keptOnDemandShare: 0, interruptionsPerMonth: 96 }, 'critical'],
    [{ keptOnDemandShare: 0, interruptionsPerMonth: 96, degradedHeadroomShare: 0 }, 'critical'],
  ])('of %j is %s', (changes, expected) => {
    expect(riskOf({ ...calm, ...changes })).toBe(expected);
  });
});

describe('confidence', () => {
  const full = { savings: 100, low: 100, high: 100, requests: 10_000, iterations: 1_000, experience: 1 };
  it('is whole only with a narrow range, enough samples and experience', () => {
    expect(confidenceOf(full)).toBeCloseTo(1, 12);
    expect(confidenceOf({ ...full, low: 50 })).toBeCloseTo(1 - 0.55 / 2, 12);
    expect(confidenceOf({ ...full, requests: 5_000 })).toBeCloseTo(1 - 0.35 / 2, 12);
    expect(confidenceOf({ ...full, experience: 0 })).toBeCloseTo(0.9, 12);
  });

  it('is nothing without a saving or without data', () => {
    expect(confidenceOf({ ...full, savings: 0 })).toBe(0);
    expect(confidenceOf({ ...full, requests: 1_999 })).toBe(0);
  });
});
