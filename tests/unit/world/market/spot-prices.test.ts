import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createSpotPath } from '../../../../src/world/market/spot-path.ts';
import { PRICE_BOOK } from '../../../../src/world/prices/books.ts';
import { usefulSpotUsdPerHour } from '../../../../src/world/prices/useful-spot.ts';
import { ANCHOR_MS, HOUR_MS, marketOf, p4dRow } from './support.ts';

const question = { provider: 'aws', region: 'us-east-1', instanceType: 'p4d.24xlarge' } as const;
const seeds = fc.integer();
const hours = fc.integer({ min: -100, max: 2_000 });

describe('spot prices', () => {
  it('are a function of seed, zone and hour, however they were asked before', () => {
    fc.assert(
      fc.property(seeds, fc.array(hours, { minLength: 1, maxLength: 6 }), (seed, asked) => {
        const row = p4dRow();
        const price = (market: ReturnType<typeof marketOf>, hour: number) =>
          market.spotUsdPerHour(row, 'us-east-1b', ANCHOR_MS + hour * HOUR_MS);
        const one = marketOf(seed);
        const forward = asked.map((hour) => price(one, hour));
        const other = marketOf(seed);
        const backward = asked.toReversed().map((hour) => price(other, hour));
        expect(forward).toEqual(backward.toReversed());
      }),
      { numRuns: 30 },
    );
  });

  it('stay within 3 % of the book and never above on demand, in every row of every book', () => {
    const rows = Object.values(PRICE_BOOK).flatMap(({ rows: all }) => all);
    fc.assert(
      fc.property(seeds, fc.constantFrom(...rows), hours, (seed, row, hour) => {
        const market = marketOf(seed);
        for (const { zone, usdPerHour } of row.spot) {
          const price = market.spotUsdPerHour(row, zone, ANCHOR_MS + hour * HOUR_MS) ?? Number.NaN;
          expect(Math.abs(Math.log(price / usdPerHour))).toBeLessThan(0.0301);
          expect(price).toBeLessThanOrEqual(row.onDemandUsdPerHour);
        }
      }),
    );
  });

  it('return to the book’s median and wander by about a per cent', () => {
    const path = createSpotPath(5);
    const logs = Array.from({ length: 3_000 }, (_, hour) => Math.log(path.factor('pool', hour)));
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
    const sd = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
    expect(Math.abs(mean)).toBeLessThan(0.003);
    expect(sd).toBeGreaterThan(0.007);
    expect(sd).toBeLessThan(0.013);
    const lagged = logs
      .slice(1)
      .reduce((sum, value, hour) => sum + (value - mean) * ((logs[hour] ?? 0) - mean), 0);
    expect(lagged / logs.length / sd ** 2).toBeGreaterThan(0.8);
  });

  it('keep the useful spot price of the reference near 15.00', () => {
    fc.assert(
      fc.property(seeds, hours, (seed, hour) => {
        const atMs = ANCHOR_MS + hour * HOUR_MS;
        const quote = marketOf(seed).quote({ ...question, book: PRICE_BOOK.reference, atMs });
        const spot = quote?.spot.map(({ zone, usd_per_hour }) => ({ zone, usdPerHour: usd_per_hour })) ?? [];
        const price = usefulSpotUsdPerHour({ onDemandUsdPerHour: 41.1, spot }) ?? Number.NaN;
        expect(Math.abs(price / 15 - 1)).toBeLessThan(0.04);
      }),
      { numRuns: 50 },
    );
  });

  it('differ between zones, hours and seeds', () => {
    const row = p4dRow(PRICE_BOOK.list);
    const ratio = (seed: number, zone: number, hour: number) => {
      const { zone: name, usdPerHour } = row.spot[zone]!;
      return marketOf(seed).spotUsdPerHour(row, name, ANCHOR_MS + hour * HOUR_MS)! / usdPerHour;
    };
    expect(new Set([ratio(1, 1, 0), ratio(1, 2, 0), ratio(1, 1, 1), ratio(2, 1, 0)]).size).toBe(4);
  });

  it('change at the full hour only', () => {
    const market = marketOf(1);
    const row = p4dRow();
    const at = (ms: number) => market.spotUsdPerHour(row, 'us-east-1a', ANCHOR_MS + ms);
    expect(at(0)).toBe(at(HOUR_MS - 1));
    expect(at(HOUR_MS)).not.toBe(at(HOUR_MS - 1));
    expect(market.nextPriceChangeMs(ANCHOR_MS)).toBe(ANCHOR_MS + HOUR_MS);
    expect(market.nextPriceChangeMs(ANCHOR_MS + HOUR_MS - 1)).toBe(ANCHOR_MS + HOUR_MS);
  });

  it('move by a factor when the fault is on, on demand being the ceiling, and come back', () => {
    const market = marketOf(1);
    const row = p4dRow();
    const price = () => market.spotUsdPerHour(row, 'us-east-1a', ANCHOR_MS) ?? Number.NaN;
    const before = price();
    market.moveSpot(2);
    expect(price()).toBeCloseTo(2 * before, 3);
    market.moveSpot(10);
    expect(price()).toBe(41.1);
    market.moveSpot(1);
    expect(price()).toBe(before);
  });

  it.each([0, -2, Number.NaN])('refuse the factor %s', (factor) => {
    expect(() => {
      marketOf(1).moveSpot(factor);
    }).toThrow(/factor/);
  });
});

describe('a quote', () => {
  it('says what kind of rate it is, and when', () => {
    const atMs = ANCHOR_MS + 90_000;
    const quote = marketOf(1).quote({ ...question, book: PRICE_BOOK.reference, atMs });
    expect(quote).toMatchObject({
      rate_kind: 'contract',
      at: '2026-11-22T00:01:30.000Z',
      on_demand_usd_per_hour: 41.1,
      instance_type: 'p4d.24xlarge',
    });
    expect(quote?.spot).toHaveLength(4);
  });

  it('is undefined for what the book does not price', () => {
    const market = marketOf(1);
    const book = PRICE_BOOK.reference;
    expect(market.quote({ ...question, book, region: 'us-west-2', atMs: 0 })).toBeUndefined();
    expect(market.spotUsdPerHour(p4dRow(), 'us-east-1z', 0)).toBeUndefined();
  });
});
