import { PRICE_BOOK } from '../../../../src/world/prices/books.ts';
import { findPriceRow, type PriceBook, type PriceRow } from '../../../../src/world/prices/price-book.ts';
import { createMarket, type Market } from '../../../../src/world/market/market.ts';

export const ANCHOR_MS = Date.UTC(2026, 10, 22);
export const HOUR_MS = 3_600_000;

export const marketOf = (seed: number): Market => createMarket({ seed, anchorWorldMs: ANCHOR_MS });

export function p4dRow(book: PriceBook = PRICE_BOOK.reference): PriceRow {
  const row = findPriceRow(book, 'aws', 'us-east-1', 'p4d.24xlarge');
  if (row === undefined) throw new Error('the book has no p4d.24xlarge in us-east-1');
  return row;
}
