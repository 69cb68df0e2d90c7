import { expect, test } from 'vitest';

import type { PriceQuote } from '../../../../../src/contracts/market.ts';
import { keepsOnDemandShare } from '../../../../../src/platform/executor/policy/on-demand-share.ts';
import { checkPromise, usdPerMonth } from '../../../../../src/platform/executor/policy/savings.ts';

const quote: PriceQuote = {
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  at: '2026-11-22T00:00:00.000Z',
  on_demand_usd_per_hour: 41.1,
  spot: [{ zone: 'us-east-1a', usd_per_hour: 15 }],
  rate_kind: 'contract',
};
const quotes = new Map([['aws/us-east-1/p4d.24xlarge', quote]]);
const place = { provider: 'aws', region: 'us-east-1' } as const;
const node = { place, instanceType: 'p4d.24xlarge', zone: 'us-east-1a' } as const;

test('the reference fleet costs $120,012 a month on demand, $62,853 as one on demand and three spot', () => {
  const onDemand = { ...node, lifecycle: 'on_demand' } as const;
  const spot = { ...node, lifecycle: 'spot' } as const;
  expect(usdPerMonth([onDemand, onDemand, onDemand, onDemand], quotes)).toBeCloseTo(120_012);
  expect(usdPerMonth([onDemand, spot, spot, spot], quotes)).toBeCloseTo(62_853);
});

test('a zone without a quote is an error that names it, not a guess', () => {
  const nodes = [{ ...node, zone: 'us-east-1f', lifecycle: 'spot' } as const];
  expect(() => usdPerMonth(nodes, quotes)).toThrow(/us-east-1f/);
});

test('a type without a quote is an error that names it', () => {
  const nodes = [{ ...node, instanceType: 'p5.48xlarge', lifecycle: 'spot' } as const];
  expect(() => usdPerMonth(nodes, quotes)).toThrow(/p5.48xlarge/);
});

test('a price of another region is not taken for this one', () => {
  const elsewhere = { ...node, place: { ...place, region: 'us-west-2' }, lifecycle: 'on_demand' } as const;
  expect(() => usdPerMonth([elsewhere], quotes)).toThrow(/us-west-2/);
});

test.each([
  [100_000, 80_000, true],
  [100_000, 79_999, false],
  [100_000, 130_000, true],
  [100_000, -5, false],
  [0, 1_000, false],
])('promised %d, now %d: holds %s', (promised, current, holds) => {
  expect(checkPromise(promised, current).holds).toBe(holds);
});

test.each([
  [1, 3, 0.25, true],
  [1, 2, 1 / 3, true],
  [1, 4, 0.25, false],
  [0, 3, 0, true],
  [0, 0, 0, false],
])('%d on demand and %d spot, at least %d: %s', (onDemand, spot, share, keeps) => {
  expect(keepsOnDemandShare(onDemand, spot, share)).toBe(keeps);
});
