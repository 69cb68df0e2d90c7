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

/**
 * The net saving is that of one of the optima, within `toleranceShare` of itself, or of what it is a difference of: a
 * small one between two large figures is only as sure as these.
 */
export function netAsComputed(options: {
  proposed: string;
  optima: readonly string[];
  toleranceShare: number;
  differenceOf?: string;
}): Gate {
  const { differenceOf } = options;
  return gateOf({
    gate: 'net-saving-is-as-computed',
    needs: [options.proposed, ...options.optima, ...(differenceOf === undefined ? [] : [differenceOf])],
    expected: `the harness's own figure ± ${showValue(options.toleranceShare * 100)} %${differenceOf === undefined ? '' : ` of ${differenceOf}`}`,
    rule: (read) => {
      const proposed = read.number(options.proposed);
      const optima = options.optima.map((name) => read.number(name));
      const scale = (optimum: number): number =>
        Math.abs(differenceOf === undefined ? optimum : read.number(differenceOf));
      const errors = optima.map((optimum) => Math.abs(proposed - optimum) / scale(optimum));
      return {
        passed: errors.some((error) => error <= options.toleranceShare),
        observed: showValue(proposed),
        reason: `${showValue(proposed)} proposed, ${optima.map(showValue).join(' or ')} computed, USD a month`,
      };
    },
  });
}
