import { stripVTControlCharacters } from 'node:util';

import wrapAnsi from 'wrap-ansi';

/** Characters that move a cursor, ring a bell or reverse the reading order have no business in a log. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** Text of others as one printable line: no control characters, no line breaks. */
export function printable(text: string): string {
  const visible = stripVTControlCharacters(text.replaceAll(/\s/g, ' ')).replaceAll(UNPRINTABLE, '');
  return visible.replaceAll(/ {2,}/g, ' ').trim();
}

export interface Layout {
  readonly columns: number;
  /** Splits words that are longer than a line; without it they stay whole, for whoever copies or searches. */
  readonly splitWords: boolean;
}

/** Longer texts are cut: the report has the whole. */
const MAX_LINES = 5;

/** Text as lines that fit, all with the same indent. */
export function wrapped(text: string, indent: string, { columns, splitWords }: Layout): string[] {
  const lines = wrapAnsi(text, columns - indent.length, { hard: splitWords }).split('\n');
  const shown =
    lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), '… (the report has the rest)'];
  return shown.map((line) => `${indent}${line}`);
}

/** The beginning of a text that fits on one line. */
export function cut(text: string, columns: number): string {
  const [first = '', ...rest] = wrapAnsi(text, columns - 1, {
    hard: true,
    wordWrap: false,
    trim: false,
  }).split('\n');
  return rest.length === 0 ? first : `${first}…`;
}
