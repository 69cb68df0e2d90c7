import { randomBytes } from 'node:crypto';

import type { IdPrefix } from '../contracts/ids.ts';

/** Makes prefixed ids (`cus_…`); injected so that a test can predict them. */
export type IdSource = (prefix: IdPrefix) => string;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 16 characters of Crockford's base 32: 80 random bits. */
export const randomIds: IdSource = (prefix) => {
  const body = Array.from(randomBytes(16), (byte) => ALPHABET[byte % 32]).join('');
  return `${prefix}_${body}`;
};

/** Predictable ids for tests: `cus_1`, `cus_2`, … */
export function sequentialIds(): IdSource {
  const next = new Map<string, number>();
  return (prefix) => {
    const number = (next.get(prefix) ?? 0) + 1;
    next.set(prefix, number);
    return `${prefix}_${String(number)}`;
  };
}
