import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { isGone } from './identity.ts';

const WINDOW_BYTES = 16_384;

/** The last lines of a log; empty when there is no log. */
export function lastLogLines(path: string, count = 12): string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    const window = Buffer.alloc(Math.min(size, WINDOW_BYTES));
    readSync(file, window, 0, window.length, size - window.length);
    return window
      .toString('utf8')
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .slice(-count)
      .map((line) => line.slice(0, 300));
  } finally {
    closeSync(file);
  }
}
