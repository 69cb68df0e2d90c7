import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Cost after is lower than before by at least `minimumShare` (0–1). */
export function costReduced(options: {
  gate?: string;
  before: string;
  after: string;
  minimumShare: number;
}): Gate {
  return gateOf({
    gate: options.gate ?? 'cost-reduced',
    needs: [options.after, options.before],
    expected: `reduction ≥ ${showValue(options.minimumShare * 100)} %`,
    rule: (read) => {
      const before = read.number(options.before);
      const share = before > 0 ? 1 - read.number(options.after) / before : Number.NaN;
      const passed = share >= options.minimumShare;
      return {
        passed,
        observed: `${showValue(share * 100)} %`,
        reason: `${showValue(before)} → ${showValue(read.number(options.after))} USD a month`,
      };
    },
  });
}
