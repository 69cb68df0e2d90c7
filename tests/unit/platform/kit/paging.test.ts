import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { decodeCursor, encodeCursor, pageOf } from '../../../../src/platform/kit/paging.ts';

const sortKey = z.tuple([z.number()]);

/** A list served page by page, as a route does it: rows after the cursor, one more than shown. */
function readAll(rows: readonly number[], limit: number): number[] {
  const seen: number[] = [];
  let after = -Infinity;
  for (;;) {
    const found = rows.filter((row) => row > after).slice(0, limit + 1);
    const page = pageOf(
      found,
      limit,
      (row) => row,
      (row) => [row],
    );
    seen.push(...page.items);
    if (page.next_cursor === null) return seen;
    [after] = decodeCursor(page.next_cursor, sortKey);
  }
}

describe('paging', () => {
  it('shows every row once and in order, whatever the size of a page', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), fc.integer({ min: 1, max: 7 }), (values, limit) => {
        const rows = values.toSorted((a, b) => a - b);
        expect(readAll(rows, limit)).toEqual(rows);
      }),
    );
  });

  it('gives back the sort key it was made of', () => {
    const key = z.tuple([z.string(), z.number()]);
    fc.assert(
      fc.property(fc.string(), fc.integer(), (text, number) => {
        expect(decodeCursor(encodeCursor([text, number]), key)).toEqual([text, number]);
      }),
    );
  });

  it('refuses what is no cursor of the list, naming the field', () => {
    for (const cursor of ['', '!!', encodeCursor(['text']), encodeCursor([1, 2])]) {
      expect(() => decodeCursor(cursor, sortKey)).toThrow(/query\.cursor/);
    }
  });
});
