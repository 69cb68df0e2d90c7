import { describe, expect, it } from 'vitest';

import { PRICE_BOOK } from '../../../../src/world/prices/books.ts';
import { COMMITMENTS } from '../../../../src/world/prices/commitments.ts';
import { findPriceRow } from '../../../../src/world/prices/price-book.ts';
import { TRANSFER_PRICES } from '../../../../src/world/prices/transfer.ts';
import { usefulSpotUsdPerHour } from '../../../../src/world/prices/useful-spot.ts';

const useful = (book: keyof typeof PRICE_BOOK, region: string, type: string) => {
  const row = findPriceRow(PRICE_BOOK[book], 'aws', region, type);
  return row && usefulSpotUsdPerHour(row);
};

describe('the reference book', () => {
  it('is the seed’s contract rate: $30,000 a month, spot 15.00', () => {
    const row = findPriceRow(PRICE_BOOK.reference, 'aws', 'us-east-1', 'p4d.24xlarge');
    expect(Math.round(730 * (row?.onDemandUsdPerHour ?? 0) * 4)).toBe(120_012);
    expect(useful('reference', 'us-east-1', 'p4d.24xlarge')).toBeCloseTo(15, 9);
    expect(row?.spot.map(({ zone }) => zone)).toEqual([
      'us-east-1a',
      'us-east-1b',
      'us-east-1c',
      'us-east-1d',
    ]);
    expect(PRICE_BOOK.reference.rateKind).toBe('contract');
    expect(PRICE_BOOK.reference.warnings).toEqual([]);
  });

  it('has nothing of the list in it', () => {
    expect(findPriceRow(PRICE_BOOK.reference, 'aws', 'us-east-1', 'p5.48xlarge')).toBeUndefined();
    expect(PRICE_BOOK.list.rateKind).toBe('list');
  });
});

describe('the list of November 2026', () => {
  it('counts only zones with a discount in the useful spot price', () => {
    expect(useful('list', 'us-east-1', 'p4d.24xlarge')).toBeCloseTo((7.8799 + 8.1203) / 2, 9);
    // One of three zones costs as good as on demand.
    expect(useful('list', 'us-east-2', 'p4d.24xlarge')).toBeCloseTo((6.0374 + 6.0965) / 2, 9);
    expect(useful('list', 'us-east-1', 'p5.48xlarge')).toBeCloseTo((19.2531 + 21.1543) / 2, 9);
  });

  it('has no useful spot price where no zone gives a discount', () => {
    expect(
      usefulSpotUsdPerHour({ onDemandUsdPerHour: 10, spot: [{ zone: 'a', usdPerHour: 9.5 }] }),
    ).toBeUndefined();
    expect(usefulSpotUsdPerHour({ onDemandUsdPerHour: 10, spot: [{ zone: 'a', usdPerHour: 9 }] })).toBe(9);
    expect(usefulSpotUsdPerHour({ onDemandUsdPerHour: 10, spot: [] })).toBeUndefined();
  });

  it('flags the odd zones of its snapshot', () => {
    const odd = PRICE_BOOK.list.warnings.map(({ kind, row, zone }) => [kind, row.instanceType, zone]);
    expect(odd).toContainEqual(['spot-outlier', 'p4d.24xlarge', 'us-east-1a']);
    expect(odd).toContainEqual(['spot-outlier', 'p4d.24xlarge', 'us-east-2c']);
    expect(odd.filter(([kind]) => kind === 'no-discount')).toEqual([
      ['no-discount', 'p5.48xlarge', 'us-east-1a'],
      ['no-discount', 'p5.48xlarge', 'us-east-1d'],
    ]);
  });

  it('names GCP’s zones the way GCP does', () => {
    const row = findPriceRow(PRICE_BOOK.list, 'gcp', 'us-central1', 'a2-highgpu-8g');
    expect(row?.spot).toEqual([{ zone: 'us-central1-a', usdPerHour: 14.4308 }]);
  });
});

describe('transfer and commitments', () => {
  it.each(['aws', 'gcp'] as const)(
    '%s: egress gets cheaper by the tier and the last tier is open',
    (provider) => {
      const tiers = TRANSFER_PRICES[provider].internet_egress;
      const paid = tiers.filter(({ usd_per_gb }) => usd_per_gb > 0).map(({ usd_per_gb }) => usd_per_gb);
      expect(paid).toEqual(paid.toSorted((left, right) => right - left));
      expect(tiers.at(-1)?.up_to_gb).toBeNull();
      const ends = tiers.slice(0, -1).map(({ up_to_gb }) => up_to_gb ?? Number.NaN);
      expect(ends).toEqual(ends.toSorted((left, right) => left - right));
      expect(TRANSFER_PRICES[provider].provider).toBe(provider);
    },
  );

  it('a longer promise gives a larger discount', () => {
    expect(COMMITMENTS.terms).toEqual([
      { years: 1, discount_share: 0.3 },
      { years: 3, discount_share: 0.5 },
    ]);
  });
});
