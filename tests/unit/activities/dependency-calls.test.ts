import { describe, expect, it } from 'vitest';

import { holdsCircle, namesCircle } from '../../../activities/dependency-calls.ts';

const says = (...ids: readonly string[]) => ({
  detail: `They would wait for each other: ${ids.join(' → ')}.`,
});

describe('a circle is named', () => {
  const circle = ['rec_a', 'rec_b', 'rec_c'];

  it.each([{ named: ['rec_a', 'rec_b', 'rec_c', 'rec_a'] }, { named: ['rec_c', 'rec_a', 'rec_b', 'rec_c'] }])(
    'from whichever member it begins: $named',
    ({ named }) => {
      expect(namesCircle(says(...named), circle)).toBe(true);
    },
  );

  it.each([
    { why: 'a member is missing', named: ['rec_a', 'rec_b', 'rec_a'] },
    { why: 'it is not closed', named: ['rec_a', 'rec_b', 'rec_c', 'rec_b'] },
    { why: 'it goes the wrong way', named: ['rec_a', 'rec_c', 'rec_b', 'rec_a'] },
    { why: 'somebody else is in it', named: ['rec_a', 'rec_b', 'rec_x', 'rec_a'] },
    { why: 'nobody is named', named: [] },
  ])('not when $why', ({ named }) => {
    expect(namesCircle(says(...named), circle)).toBe(false);
  });

  it('of one', () => {
    expect(namesCircle(says('rec_a', 'rec_a'), ['rec_a'])).toBe(true);
  });
});

describe('rows hold a circle', () => {
  const edges = (...pairs: readonly string[]) =>
    pairs.map((pair) => ({ from: pair.charAt(0), to: pair.charAt(1) }));

  it.each([
    { pairs: ['aa'], holds: true },
    { pairs: ['ab', 'ba'], holds: true },
    { pairs: ['ab', 'bc', 'ca', 'xa', 'cy'], holds: true },
    { pairs: [], holds: false },
    { pairs: ['ab'], holds: false },
    { pairs: ['ab', 'bc', 'ac', 'dc'], holds: false },
  ])('$holds: $pairs', ({ pairs, holds }) => {
    expect(holdsCircle(edges(...pairs))).toBe(holds);
  });
});
