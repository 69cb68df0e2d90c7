import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** The measurement lies within ± `toleranceShare` of the forecast, on both sides; reads the forecast ledger. */
export function forecastWithin(options: { what: string; toleranceShare: number }): Gate {
  const name = (part: string): string => `forecast.${options.what}.${part}`;
  return gateOf({
    gate: `forecast-${options.what}-within`,
    needs: [name('error'), name('measured'), name('predicted')],
    expected: `error within ± ${showValue(options.toleranceShare * 100)} %`,
    rule: (read) => {
      const [predicted, measured] = [read.number(name('predicted')), read.number(name('measured'))];
      // Computed here again: the ledger's own column is for people.
      const error = predicted === 0 ? Number.NaN : (measured - predicted) / Math.abs(predicted);
      return {
        passed: Math.abs(error) <= options.toleranceShare,
        observed: `${showValue(error * 100)} %`,
        reason: `predicted ${showValue(predicted)}, measured ${showValue(measured)}`,
      };
    },
  });
}
