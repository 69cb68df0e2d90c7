import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Everything that was planned at a causal position was done there: a drill whose fault never strikes proves nothing. */
export function actionsStruck(): Gate {
  return gateOf({
    gate: 'actions-struck',
    needs: ['actions.taken', 'actions.planned'],
    expected: 'every planned action was taken, and there was one',
    rule: (read) => {
      const [taken, planned] = [read.number('actions.taken'), read.number('actions.planned')];
      return {
        passed: planned > 0 && taken === planned,
        observed: `${showValue(taken)} of ${showValue(planned)}`,
        reason:
          taken === planned ? 'each at its step' : 'the optimization never came to the step of the rest',
      };
    },
  });
}
