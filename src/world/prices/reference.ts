import { loadPriceBook } from './load-price-book.ts';

/**
 * The seed's fixture, never a list price: $30,000 a month of 730 h is 41.10 an hour on demand (seed document, 2026);
 * spot median 15.00 (world spec §1, November 2026), zones spread around it by a few per cent [A].
 */
export const REFERENCE_BOOK = loadPriceBook({
  name: 'reference',
  rateKind: 'contract',
  rows: [
    {
      provider: 'aws',
      region: 'us-east-1',
      instanceType: 'p4d.24xlarge',
      onDemandUsdPerHour: 41.1,
      spot: [
        { zone: 'us-east-1a', usdPerHour: 14.85 },
        { zone: 'us-east-1b', usdPerHour: 14.95 },
        { zone: 'us-east-1c', usdPerHour: 15.05 },
        { zone: 'us-east-1d', usdPerHour: 15.15 },
      ],
    },
  ],
});
