import type { CommitmentPrices } from '../../contracts/market.ts';

/** Discount on the on-demand price for a promised term [A]: no public rate for these types was found, November 2026. */
export const COMMITMENTS: CommitmentPrices = {
  terms: [
    { years: 1, discount_share: 0.3 },
    { years: 3, discount_share: 0.5 },
  ],
};
