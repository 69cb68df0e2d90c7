import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { loadPriceBook } from '../../../../src/world/prices/load-price-book.ts';
import type { PriceRow } from '../../../../src/world/prices/price-book.ts';

const ROW: PriceRow = {
  provider: 'gcp',
  region: 'us-central1',
  instanceType: 'a3-highgpu-8g',
  onDemandUsdPerHour: 30,
  spot: [
    { zone: 'a', usdPerHour: 10 },
    { zone: 'b', usdPerHour: 12 },
  ],
};
const load = (...rows: PriceRow[]) => loadPriceBook({ name: 'test', rateKind: 'list', rows });
const refusal = (...rows: PriceRow[]): unknown => {
  try {
    load(...rows);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('a price book', () => {
  it('is refused when spot is above on demand, naming the row', () => {
    // The mis-tagged row of the public catalogue: 14.77 on demand, 15.71 spot.
    const row = { ...ROW, onDemandUsdPerHour: 14.76958, spot: [{ zone: 'a', usdPerHour: 15.712 }] };
    expect(refusal(row)).toMatchObject({
      code: 'PRICE_REJECTED',
      message: 'gcp us-central1 a3-highgpu-8g costs 15.712 as spot in a, above 14.76958 on demand',
    });
  });

  it.each([
    ['no on-demand price', { onDemandUsdPerHour: 0 }, /on-demand price 0/],
    ['an endless price', { onDemandUsdPerHour: Number.POSITIVE_INFINITY }, /on-demand price Infinity/],
    ['a price that is no number', { onDemandUsdPerHour: Number.NaN }, /on-demand price NaN/],
    ['a free spot zone', { spot: [{ zone: 'a', usdPerHour: 0 }] }, /spot price 0 in a/],
    [
      'a zone twice',
      {
        spot: [
          { zone: 'a', usdPerHour: 1 },
          { zone: 'a', usdPerHour: 2 },
        ],
      },
      /names a zone twice/,
    ],
  ])('is refused with %s', (_what, change, message) => {
    expect(refusal({ ...ROW, ...change })).toMatchObject({
      code: 'PRICE_REJECTED',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused when a row stands twice', () => {
    expect(refusal(ROW, { ...ROW })).toMatchObject({
      code: 'PRICE_REJECTED',
      message: expect.stringMatching(/stands twice/) as string,
    });
  });

  it('warns of a zone without a discount and of a zone far off the others', () => {
    const spot = [
      { zone: 'a', usdPerHour: 30 },
      { zone: 'b', usdPerHour: 10 },
      { zone: 'c', usdPerHour: 11 },
      { zone: 'd', usdPerHour: 2 },
    ];
    const warnings = load({ ...ROW, spot }).warnings.map(({ kind, zone }) => [kind, zone]);
    expect(warnings).toEqual([
      ['no-discount', 'a'],
      ['spot-outlier', 'd'],
    ]);
  });

  it('warns of a region that costs less than half of another', () => {
    const elsewhere = { ...ROW, region: 'us-east4', onDemandUsdPerHour: 87.83 };
    const other = { ...ROW, provider: 'aws' as const, onDemandUsdPerHour: 1, spot: [] };
    const warnings = load(ROW, elsewhere, other).warnings.map(({ kind, row }) => [kind, row.region]);
    expect(warnings).toEqual([
      ['on-demand-outlier', 'us-central1'],
      ['on-demand-outlier', 'us-east4'],
    ]);
  });

  it('holds no spot price above on demand, whatever rows come', () => {
    const price = fc.double({ min: -5, max: 100, noNaN: true });
    fc.assert(
      fc.property(price, price, (onDemandUsdPerHour, usdPerHour) => {
        const row = { ...ROW, onDemandUsdPerHour, spot: [{ zone: 'a', usdPerHour }] };
        const possible = onDemandUsdPerHour > 0 && usdPerHour > 0 && usdPerHour <= onDemandUsdPerHour;
        expect(refusal(row) === undefined).toBe(possible);
      }),
    );
  });
});
