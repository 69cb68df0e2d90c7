import type { Spread } from './statistics.ts';

/** Numbers as the tables show them: three digits that mean something, the unit in the column. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const magnitude = Math.abs(value);
  const digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function range({ median, min, max }: Spread): [string, string, string] {
  return [number(median), number(min), number(max)];
}
