import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Latency fell by at least `minimumShare` (0–1; 0.5 = halved), both measured from enough samples. */
export function latencyImproved(options: {
  before: string;
  after: string;
  minimumShare: number;
  minimumSamples: number;
}): Gate {
  return gateOf({
    gate: 'latency-improved',
    needs: [options.after, options.before],
    minimumSamples: options.minimumSamples,
    expected: `reduction ≥ ${showValue(options.minimumShare * 100)} %`,
    rule: (read) => {
      const before = read.number(options.before);
      const after = read.number(options.after);
      const share = 1 - after / before;
      return {
        passed: share >= options.minimumShare,
        observed: `${showValue(share * 100)} %`,
        reason: `${showValue(before)} → ${showValue(after)} ms`,
      };
    },
  });
}
