import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** A latency percentile keeps the objective the customer promised, from enough samples. */
export function latencyKept(options: {
  gate: string;
  evidence: string;
  objective: string;
  minimumSamples: number;
}): Gate {
  return gateOf({
    gate: options.gate,
    needs: [options.evidence, options.objective],
    minimumSamples: options.minimumSamples,
    expected: `≤ ${options.objective}`,
    rule: (read) => {
      const observed = read.number(options.evidence);
      const objective = read.number(options.objective);
      return {
        passed: observed <= objective,
        observed: `${showValue(observed)} ms`,
        reason: `objective ${showValue(objective)} ms`,
      };
    },
  });
}
