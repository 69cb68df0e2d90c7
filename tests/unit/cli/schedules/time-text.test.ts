import { describe, expect, it } from 'vitest';

import {
  checkTimeZone,
  formatDuration,
  formatTime,
  timeOption,
} from '../../../../src/cli/schedules/time-text.ts';

describe('a time on the command line', () => {
  const parse = timeOption('--from');
  it.each([
    ['2026-11-28', '2026-11-28T00:00:00.000Z'],
    ['2026-11-28T02:00', '2026-11-28T02:00:00.000Z'],
    ['2026-11-28 02:00:30', '2026-11-28T02:00:30.000Z'],
    ['2026-11-28T02:00Z', '2026-11-28T02:00:00.000Z'],
    ['2026-11-28T02:00+01:00', '2026-11-28T01:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parse(text)).toISOString()).toBe(expected);
  });

  it.each(['yesterday', '', '28.11.2026', '2026-13-01', '2026-11-28T25:00', '1795907562'])(
    'refuses %j',
    (text) => {
      expect(() => parse(text)).toThrow(`--from: "${text}" is no time`);
    },
  );
});

describe('a time for people', () => {
  it('is in the zone of the schedule, with its offset', () => {
    const atMs = Date.parse('2026-11-29T01:00:00Z');
    expect(formatTime(atMs, 'UTC')).toBe('Sun 2026-11-29 01:00:00 UTC');
    expect(formatTime(atMs, 'Europe/Berlin')).toBe('Sun 2026-11-29 02:00:00 GMT+1');
    expect(formatTime(Date.parse('2026-11-29T00:00:00Z'), 'UTC')).toBe('Sun 2026-11-29 00:00:00 UTC');
  });

  it.each([
    [0, '0 s'],
    [90_000, '1 min 30 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('%d ms are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('a time zone', () => {
  it('is known, or the nearest one is named', () => {
    expect(checkTimeZone('Europe/Berlin')).toBe('Europe/Berlin');
    expect(() => checkTimeZone('Europe/Berln')).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: '--time-zone: "Europe/Berln" is no time zone',
        hint: 'Did you mean `Europe/Berlin`?',
      }),
    );
  });
});
