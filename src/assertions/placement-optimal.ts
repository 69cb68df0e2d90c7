import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/**
 * What is proposed is the best of all placements, by the prices right before the analysis or right after it: they move
 * from one hour of the world to the next, and the analysis may lie on either side.
 */
export function placementOptimal(options: { proposed: string; optima: readonly string[] }): Gate {
  return gateOf({
    gate: 'placement-is-the-optimum',
    needs: [options.proposed, ...options.optima],
    expected: 'the best of all placements',
    rule: (read) => {
      const proposed = showValue(read.list(options.proposed));
      const optima = options.optima.map((name) => showValue(read.list(name)));
      const passed = proposed !== '' && optima.includes(proposed);
      const [first = ''] = optima;
      return {
        passed,
        observed: proposed,
        reason: passed ? 'nothing that was tried costs less' : `less would cost: ${first}`,
      };
    },
  });
}

/** The net saving is that of one of the optima, within `toleranceShare`. */
export function netAsComputed(options: {
  proposed: string;
  optima: readonly string[];
  toleranceShare: number;
}): Gate {
  return gateOf({
    gate: 'net-saving-is-as-computed',
    needs: [options.proposed, ...options.optima],
    expected: `the harness's own figure ± ${showValue(options.toleranceShare * 100)} %`,
    rule: (read) => {
      const proposed = read.number(options.proposed);
      const optima = options.optima.map((name) => read.number(name));
      const errors = optima.map((optimum) => Math.abs(proposed - optimum) / Math.abs(optimum));
      return {
        passed: errors.some((error) => error <= options.toleranceShare),
        observed: showValue(proposed),
        reason: `${showValue(proposed)} proposed, ${optima.map(showValue).join(' or ')} computed, USD a month`,
      };
    },
  });
}
