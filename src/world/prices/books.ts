import type { PriceBookName } from '../../contracts/market.ts';
import { LIST_2026_11_BOOK } from './list-2026-11.ts';
import type { PriceBook } from './price-book.ts';
import { REFERENCE_BOOK } from './reference.ts';

/** The book a customer's contract names. */
export const PRICE_BOOK: Readonly<Record<PriceBookName, PriceBook>> = {
  reference: REFERENCE_BOOK,
  list: LIST_2026_11_BOOK,
};
