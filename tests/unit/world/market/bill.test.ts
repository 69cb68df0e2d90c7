import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { billUsd, type BilledInstance } from '../../../../src/world/market/bill.ts';
import { ANCHOR_MS, HOUR_MS, marketOf, p4dRow } from './support.ts';

const instance = (overrides: Partial<BilledInstance> = {}): BilledInstance => ({
  row: p4dRow(),
  zone: 'us-east-1a',
  lifecycle: 'on_demand',
  fromMs: ANCHOR_MS,
  toMs: ANCHOR_MS + 730 * HOUR_MS,
  ...overrides,
});
const hours = fc.double({ min: 0, max: 300, noNaN: true });

describe('the bill', () => {
  it('of a month on demand is the contract rate', () => {
    expect(billUsd(marketOf(1), [instance()])).toBeCloseTo(30_003, 6);
  });

  it('on demand is linear in hours', () => {
    fc.assert(
      fc.property(hours, (length) => {
        const bill = billUsd(marketOf(1), [instance({ toMs: ANCHOR_MS + length * HOUR_MS })]);
        expect(bill).toBeCloseTo(length * 41.1, 6);
      }),
    );
  });

  it('adds up over time and instances', () => {
    fc.assert(
      fc.property(fc.integer(), hours, hours, (seed, first, second) => {
        const market = marketOf(seed);
        const cutMs = ANCHOR_MS + first * HOUR_MS;
        const endMs = cutMs + second * HOUR_MS;
        const spot = (fromMs: number, toMs: number) => instance({ lifecycle: 'spot', fromMs, toMs });
        const whole = billUsd(market, [spot(ANCHOR_MS, endMs)]);
        expect(billUsd(market, [spot(ANCHOR_MS, cutMs), spot(cutMs, endMs)])).toBeCloseTo(whole, 6);
      }),
      { numRuns: 30 },
    );
  });

  it('of spot follows the hourly price', () => {
    const market = marketOf(4);
    const price = (hour: number) =>
      market.spotUsdPerHour(p4dRow(), 'us-east-1a', ANCHOR_MS + hour * HOUR_MS) ?? Number.NaN;
    const bill = billUsd(market, [
      instance({ lifecycle: 'spot', fromMs: ANCHOR_MS + HOUR_MS / 2, toMs: ANCHOR_MS + 2.25 * HOUR_MS }),
    ]);
    expect(bill).toBeCloseTo(0.5 * price(0) + price(1) + 0.25 * price(2), 9);
  });

  it('holds an interruption only as the replacement that ran', () => {
    const market = marketOf(4);
    const lost = instance({ lifecycle: 'spot', toMs: ANCHOR_MS + 10 * HOUR_MS });
    const undisturbed = billUsd(market, [instance({ lifecycle: 'spot', toMs: ANCHOR_MS + 20 * HOUR_MS })]);
    const rest = { ...lost, fromMs: ANCHOR_MS + 10 * HOUR_MS, toMs: ANCHOR_MS + 20 * HOUR_MS };
    expect(billUsd(market, [lost, rest])).toBeCloseTo(undisturbed, 6);
    expect(billUsd(market, [lost, { ...rest, lifecycle: 'on_demand' }])).toBeGreaterThan(undisturbed);
  });

  it('of nothing is nothing', () => {
    expect(billUsd(marketOf(1), [])).toBe(0);
    expect(billUsd(marketOf(1), [instance({ toMs: ANCHOR_MS - 1 })])).toBe(0);
  });

  it('refuses a zone the book does not price', () => {
    expect(() => billUsd(marketOf(1), [instance({ lifecycle: 'spot', zone: 'us-east-1z' })])).toThrow(
      /zone: p4d.24xlarge has no spot price in us-east-1z/,
    );
  });
});
