import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  correctionFrom,
  NEAR_DISTANCE,
  similarityOf,
} from '../../../../../../src/platform/agents/kit/patterns/correction.ts';
import {
  FEATURE_NAMES,
  featuresOf,
  type Situation,
} from '../../../../../../src/platform/agents/kit/patterns/features.ts';
import { patternIdOf, type NearPattern } from '../../../../../../src/platform/agents/kit/patterns/pattern.ts';

const ACME: Situation = {
  nodes: 4,
  onDemandUsdPerHour: 41.1,
  pagedKv: false,
  prefixCaching: false,
  chunkedScheduler: false,
  weightBits: 16,
  demand: 0.43,
  inputTokensMean: 340,
  outputTokensMean: 12,
  spotPriceShare: 0.365,
  availability: 0.97,
  interruptionsPerNodeHour: 1.83e-4,
  spotNodesShare: 0.75,
  nodesShare: 1,
  pagedKvAfter: false,
  prefixCachingAfter: false,
  chunkedSchedulerAfter: false,
  weightBitsAfter: 16,
  priceShare: 1,
};
const distance = (left: Situation, right: Situation): number => {
  const other = featuresOf(right);
  return Math.hypot(...featuresOf(left).map((value, index) => value - (other[index] ?? NaN)));
};
const near = (changes: Partial<NearPattern>): NearPattern => ({
  patternId: 'p',
  distance: 0,
  ratio: 1.03,
  latencyRatio: null,
  succeeded: true,
  ...changes,
});

describe('the feature vector', () => {
  it('has a name for every dimension and stays within 0 and 1', () => {
    const positive = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    const arbitrary = fc.record({
      nodes: fc.integer({ min: 1, max: 100_000 }),
      onDemandUsdPerHour: positive,
      pagedKv: fc.boolean(),
      prefixCaching: fc.boolean(),
      chunkedScheduler: fc.boolean(),
      weightBits: fc.constantFrom(4, 8, 16),
      demand: positive,
      inputTokensMean: positive,
      outputTokensMean: positive,
      spotPriceShare: positive,
      availability: fc.double({ min: 0, max: 1, noNaN: true }),
      interruptionsPerNodeHour: fc.double({ min: 0, max: 100, noNaN: true }),
      spotNodesShare: fc.double({ min: 0, max: 1, noNaN: true }),
      nodesShare: positive,
      pagedKvAfter: fc.boolean(),
      prefixCachingAfter: fc.boolean(),
      chunkedSchedulerAfter: fc.boolean(),
      weightBitsAfter: fc.constantFrom(4, 8, 16),
      priceShare: positive,
    });
    fc.assert(
      fc.property(arbitrary, (situation) => {
        const features = featuresOf(situation);
        expect(features).toHaveLength(FEATURE_NAMES.length);
        for (const value of features) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('holds a twin with noisy traffic and other prices near, and another market or engine far', () => {
    const twin = { ...ACME, demand: 0.45, inputTokensMean: 338, spotPriceShare: 0.4 };
    expect(distance(ACME, twin)).toBeLessThan(NEAR_DISTANCE / 4);
    expect(distance(ACME, { ...ACME, availability: 0.73, interruptionsPerNodeHour: 0.06 })).toBeGreaterThan(
      NEAR_DISTANCE,
    );
    expect(distance(ACME, { ...ACME, chunkedScheduler: true })).toBeGreaterThan(NEAR_DISTANCE);
    expect(distance(ACME, { ...ACME, spotNodesShare: 0.25 })).toBeGreaterThan(NEAR_DISTANCE);
  });

  it('refuses what is not a number', () => {
    expect(() => featuresOf({ ...ACME, demand: NaN })).toThrow('the feature traffic.demand is not a number');
  });
});

describe('the correction', () => {
  it('is none without patterns', () => {
    expect(correctionFrom([])).toEqual({ factor: 1, patterns: [], experience: 0 });
  });

  it('takes over two thirds of the error seen at an identical pattern', () => {
    expect(correctionFrom([near({ ratio: 0.7 })]).factor).toBeCloseTo(0.8, 12);
  });

  it('is not moved by patterns at the limit or beyond', () => {
    const far = fc.double({ min: NEAR_DISTANCE, max: 10, noNaN: true });
    const ratio = fc.double({ min: 0.1, max: 5, noNaN: true });
    fc.assert(
      fc.property(far, ratio, (beyond, odd) => {
        expect(correctionFrom([near({ distance: beyond, ratio: odd })])).toEqual({
          factor: 1,
          patterns: [],
          experience: 0,
        });
      }),
    );
  });

  it('lies between one and the ratios seen, and weighs the nearest most', () => {
    const pattern = fc.record({
      distance: fc.double({ min: 0, max: NEAR_DISTANCE, noNaN: true }),
      ratio: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 5 }), (patterns) => {
        const { factor } = correctionFrom(patterns.map((each) => near(each)));
        const ratios = [1, ...patterns.map((each) => each.ratio)];
        expect(factor).toBeGreaterThanOrEqual(Math.min(...ratios) - 1e-12);
        expect(factor).toBeLessThanOrEqual(Math.max(...ratios) + 1e-12);
      }),
    );
    const mixed = [near({ distance: 0, ratio: 0.8 }), near({ distance: NEAR_DISTANCE * 0.9, ratio: 1.2 })];
    expect(correctionFrom(mixed).factor).toBeLessThan(1);
  });

  it('limits a single odd outcome', () => {
    expect(correctionFrom([near({ ratio: 40 })]).factor).toBe(correctionFrom([near({ ratio: 1.5 })]).factor);
    expect(correctionFrom([near({ ratio: -3 })]).factor).toBe(correctionFrom([near({ ratio: 0.5 })]).factor);
  });

  it('counts failures nearby against the experience', () => {
    const good = correctionFrom([near({})]).experience;
    const mixed = correctionFrom([near({}), near({ ratio: null, succeeded: false })]).experience;
    expect(good).toBe(0.5);
    expect(mixed).toBe(0.25);
    expect(similarityOf(NEAR_DISTANCE)).toBe(0);
  });
});

describe('patternIdOf', () => {
  it('is one UUID for one optimization', () => {
    expect(patternIdOf('opt_1')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(patternIdOf('opt_1')).toBe(patternIdOf('opt_1'));
    expect(patternIdOf('opt_2')).not.toBe(patternIdOf('opt_1'));
  });
});
