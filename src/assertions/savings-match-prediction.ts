import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** The measured saving lies within ± `toleranceShare` of the predicted one, on both sides: too good is wrong as well. */
export function savingsMatchPrediction(options: {
  predicted: string;
  measured: string;
  toleranceShare: number;
}): Gate {
  return gateOf({
    gate: 'savings-match-prediction',
    needs: [options.measured, options.predicted],
    expected: `forecast error within ± ${showValue(options.toleranceShare * 100)} %`,
    rule: (read) => {
      const predicted = read.number(options.predicted);
      const measured = read.number(options.measured);
      const error = predicted === 0 ? Number.NaN : (measured - predicted) / Math.abs(predicted);
      return {
        passed: Math.abs(error) <= options.toleranceShare,
        observed: `${showValue(error * 100)} %`,
        reason: `predicted ${showValue(predicted)}, measured ${showValue(measured)} USD a month`,
      };
    },
  });
}
