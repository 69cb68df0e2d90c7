import { describe, expect, it } from 'vitest';

import { showDuration, showTime, showTimeOfDay } from '../../../src/reporting/times.ts';
import { showEvidence, showShare, showUsd, withUnit } from '../../../src/reporting/values.ts';

describe('values with units', () => {
  it.each([
    ['1604', 'ms', '1604 ms'],
    ['10.6 s', 's', '10.6 s'],
    ['120012 against 120000', 'USD/month', '120012 against 120000 USD/month'],
    ['true', 'flag', 'true'],
    ['completed', 'text', 'completed'],
    ['3', 'count', '3'],
    ['nothing', 'ms', 'nothing'],
    ['0.6', '', '0.6'],
    // An ending that only looks like the unit is not one.
    ['7 pods', 's', '7 pods s'],
  ])('%s in %s is %s', (observed, unit, shown) => {
    expect(withUnit(observed, unit)).toBe(shown);
  });

  it.each([
    [null, 'nothing'],
    [true, 'yes'],
    [false, 'no'],
    [120_012.4, '120,012'],
    [0.93632, '0.9363'],
    [0, '0'],
    ['a', 'a'],
    [['a', 1.5], 'a, 1.5'],
    [Number.NaN, 'NaN'],
  ])('shows %j as %s', (value, shown) => {
    expect(showEvidence(value)).toBe(shown);
  });

  it('shows money and shares with their signs', () => {
    expect([showUsd(120_012.4), showUsd(-0.4), showUsd(-1500)]).toEqual(['$120,012', '$0', '−$1,500']);
    expect([
      showShare(0.0004),
      showShare(-0.472, { signed: true }),
      showShare(0.02, { signed: true }),
    ]).toEqual(['0.04 %', '−47.2 %', '+2 %']);
  });
});

describe('times', () => {
  it.each([
    [0, '0.0 s'],
    [10_577, '10.6 s'],
    [99_940, '99.9 s'],
    [99_960, '100.0 s'],
    [200_000, '3 min 20 s'],
    [600_000, '10 min'],
    [3_599_600, '1 h'],
    [3_900_000, '1 h 5 min'],
    [-5, '0.0 s'],
  ])('shows %d ms as %s', (ms, shown) => {
    expect(showDuration(ms)).toBe(shown);
  });

  it('shows moments in UTC', () => {
    expect(showTime('2026-11-22T15:01:35.677+01:00')).toBe('2026-11-22 14:01:35');
    expect(showTimeOfDay(Date.parse('2026-11-22T14:01:35.677Z'))).toBe('14:01:35');
  });
});
