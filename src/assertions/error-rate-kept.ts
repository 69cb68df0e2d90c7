import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Failed requests stay below what the customer promised, from enough requests to say so. */
export function errorRateKept(options: {
  gate?: string;
  evidence: string;
  objective: string;
  minimumSamples: number;
}): Gate {
  return gateOf({
    gate: options.gate ?? 'error-rate-kept',
    needs: [options.evidence, options.objective],
    minimumSamples: options.minimumSamples,
    expected: `< ${options.objective}`,
    rule: (read) => {
      const [observed, objective] = [read.number(options.evidence), read.number(options.objective)];
      return {
        passed: observed < objective,
        observed: `${showValue(observed * 100)} %`,
        reason: `promised below ${showValue(objective * 100)} %`,
      };
    },
  });
}
