import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** The forecast for a like customer, made with the stored pattern, is at least as near to the measurement as the first one. */
export function twinForecastNotWorse(options: { first: string; twin: string; measured: string }): Gate {
  return gateOf({
    gate: 'twin-forecast-not-worse',
    needs: [options.twin, options.first, options.measured],
    expected: 'error of the second forecast ≤ error of the first',
    rule: (read) => {
      const measured = read.number(options.measured);
      const errorOf = (forecast: number): number => Math.abs(measured - forecast) / Math.abs(forecast);
      const first = errorOf(read.number(options.first));
      const twin = errorOf(read.number(options.twin));
      return {
        passed: twin <= first,
        observed: `${showValue(twin * 100)} % after ${showValue(first * 100)} %`,
        reason: twin <= first ? 'the stored pattern helped' : 'the stored pattern made it worse',
      };
    },
  });
}
