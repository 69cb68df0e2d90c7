import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Mean quality fell by at most `maximumDropShare` against the baseline, both from enough samples. */
export function noQualityDegradation(options: {
  baseline: string;
  current: string;
  maximumDropShare: number;
  minimumSamples: number;
}): Gate {
  return gateOf({
    gate: 'no-quality-degradation',
    needs: [options.current, options.baseline],
    minimumSamples: options.minimumSamples,
    expected: `relative drop ≤ ${showValue(options.maximumDropShare * 100)} %`,
    rule: (read) => {
      const baseline = read.number(options.baseline);
      const drop = 1 - read.number(options.current) / baseline;
      return {
        passed: drop <= options.maximumDropShare,
        observed: `${showValue(drop * 100)} %`,
        reason: `${showValue(baseline)} → ${showValue(read.number(options.current))}`,
      };
    },
  });
}
