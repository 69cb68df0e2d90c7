import { describe, expect, it } from 'vitest';

import { readOptions, SECTIONS } from '../../../../scripts/bench/options.ts';

describe('the options of the benchmark', () => {
  it('measure everything unless told', () => {
    expect(readOptions([])).toEqual({ only: SECTIONS, quick: false });
  });

  it('take sections in the order of the page, whatever the order asked', () => {
    expect(readOptions(['--only', 'world, environment', '--quick'])).toEqual({
      only: ['environment', 'world'],
      quick: true,
    });
  });

  it('refuse a section that does not exist, with the nearest name', () => {
    expect(() => readOptions(['--only', 'enviroment'])).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'Did you mean `environment`?' }),
    );
  });
});
