import { max, median, min } from 'simple-statistics';

/** Repeated measurements of one thing: never a mean, which one hiccup of the machine moves. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

/** @throws RangeError when nothing was measured: an empty series must not read as zero. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('nothing was measured');
  const numbers = [...values];
  return { median: median(numbers), min: min(numbers), max: max(numbers), samples: numbers.length };
}
