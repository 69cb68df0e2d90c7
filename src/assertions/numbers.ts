import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

interface NumberGate {
  readonly gate: string;
  readonly evidence: string;
  readonly minimumSamples?: number;
}

/** Passes when the number is at least `threshold`. */
export function atLeast(options: NumberGate & { threshold: number }): Gate {
  return compare(options, `≥ ${showValue(options.threshold)}`, (value) => value >= options.threshold);
}

/** Passes when the number is at most `threshold`. */
export function atMost(options: NumberGate & { threshold: number }): Gate {
  return compare(options, `≤ ${showValue(options.threshold)}`, (value) => value <= options.threshold);
}

/** Passes when the number is strictly below `threshold`. */
export function below(options: NumberGate & { threshold: number }): Gate {
  return compare(options, `< ${showValue(options.threshold)}`, (value) => value < options.threshold);
}

/** Passes when the number is strictly above `threshold`. */
export function above(options: NumberGate & { threshold: number }): Gate {
  return compare(options, `> ${showValue(options.threshold)}`, (value) => value > options.threshold);
}

function compare(options: NumberGate, expected: string, holds: (value: number) => boolean): Gate {
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    expected,
    ...(options.minimumSamples === undefined ? {} : { minimumSamples: options.minimumSamples }),
    rule: (read) => {
      const value = read.number(options.evidence);
      const passed = holds(value);
      return {
        passed,
        observed: showValue(value),
        reason: `${showValue(value)} is ${passed ? '' : 'not '}${expected}`,
      };
    },
  });
}

/** Passes when two figures from different sources agree: the second witness. */
export function witnessesAgree(options: {
  gate: string;
  evidence: string;
  witness: string;
  toleranceShare: number;
}): Gate {
  const tolerance = `± ${showValue(options.toleranceShare * 100)} %`;
  return gateOf({
    gate: options.gate,
    needs: [options.evidence, options.witness],
    expected: `${options.evidence} equals ${options.witness} ${tolerance}`,
    rule: (read) => {
      const claimed = read.number(options.evidence);
      const seen = read.number(options.witness);
      const passed = Math.abs(claimed - seen) <= Math.abs(seen) * options.toleranceShare;
      return {
        passed,
        observed: `${showValue(claimed)} against ${showValue(seen)}`,
        reason: passed ? 'both witnesses say the same' : `they differ by ${showValue(claimed - seen)}`,
      };
    },
  });
}

/** Passes when the number lies within `expected ± tolerance` (absolute). */
export function near(options: NumberGate & { expected: number; tolerance: number }): Gate {
  return compare(
    options,
    `${showValue(options.expected)} ± ${showValue(options.tolerance)}`,
    (value) => Math.abs(value - options.expected) <= options.tolerance,
  );
}
