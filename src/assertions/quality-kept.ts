import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Mean quality is at least what the customer promised, from enough samples. */
export function qualityKept(options: { evidence: string; objective: string; minimumSamples: number }): Gate {
  return gateOf({
    gate: 'quality-kept',
    needs: [options.evidence, options.objective],
    minimumSamples: options.minimumSamples,
    expected: `≥ ${options.objective}`,
    rule: (read) => {
      const [observed, objective] = [read.number(options.evidence), read.number(options.objective)];
      return {
        passed: observed >= objective,
        observed: showValue(observed),
        reason: `promised ${showValue(objective)}`,
      };
    },
  });
}
