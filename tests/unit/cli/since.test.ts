import { expect, test } from 'vitest';

import { sinceOption } from '../../../src/cli/since.ts';

const NOW = Date.parse('2026-11-22T14:00:00.000Z');

test.each([
  ['90m', '2026-11-22T12:30:00.000Z'],
  ['12h', '2026-11-22T02:00:00.000Z'],
  ['7d', '2026-11-15T14:00:00.000Z'],
  ['2w', '2026-11-08T14:00:00.000Z'],
  ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
])('%s', (text, since) => {
  expect(sinceOption('--since', text, NOW)).toBe(since);
});

test('nothing asked for is nothing', () => {
  expect(sinceOption('--since', undefined, NOW)).toBeNull();
});

test.each(['', '7', '7 d', 'yesterday', '2026-13-45', '-7d'])('%j is refused', (text) => {
  expect(() => sinceOption('--since', text, NOW)).toThrow(/neither a time ago nor a date/);
});
