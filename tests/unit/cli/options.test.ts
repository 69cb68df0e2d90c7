import { describe, expect, it } from 'vitest';

import { choiceOption, integerOption, listOption, numberOption } from '../../../src/cli/options.ts';

describe('options', () => {
  it('takes numbers inside the limits, both included', () => {
    const parse = numberOption('--time-scale', 0.1, 600);
    expect([parse('0.1'), parse('60'), parse('600')]).toEqual([0.1, 60, 600]);
  });

  it.each(['', ' ', 'sixty', '0', '601', 'NaN', 'Infinity', '6o'])(
    'refuses the number %j by name',
    (text) => {
      expect(() => numberOption('--time-scale', 0.1, 600)(text)).toThrow(/--time-scale.*0\.1 to 600/);
    },
  );

  it('refuses a broken number where a whole one is due', () => {
    expect(integerOption('--seed', 0, 10)('7')).toBe(7);
    expect(() => integerOption('--seed', 0, 10)('1.5')).toThrow('--seed: "1.5" is not a whole number');
  });

  it('refuses an unknown choice with the nearest one', () => {
    const parse = choiceOption('--cold-start', ['standard', 'baked']);
    expect(parse('baked')).toBe('baked');
    expect(() => parse('bakd')).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'Did you mean `baked`?' }) as Error,
    );
    expect(() => parse('zzzzzz')).toThrow('--cold-start: "zzzzzz" is none of standard, baked');
  });

  it('takes a list without repeating a word', () => {
    const parse = listOption('--only', ['redis', 'postgres']);
    expect(parse('redis, postgres,redis')).toEqual(['redis', 'postgres']);
    expect(() => parse('redis,')).toThrow('--only: "" is none of redis, postgres');
  });
});
