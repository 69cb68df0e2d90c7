import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** The harness's own second reading of world and cloud shows no difference, over at least one node. */
export function stateRestored(): Gate {
  return gateOf({
    gate: 'state-restored',
    needs: ['state.differences', 'state.nodes-compared'],
    minimumSamples: 1,
    expected: 'no difference between world and cloud before and after',
    rule: (read) => {
      const differences = read.list('state.differences');
      const nodes = read.number('state.nodes-compared');
      return {
        passed: nodes > 0 && differences.length === 0,
        observed: differences.length === 0 ? 'none' : showValue(differences),
        reason: `${showValue(nodes)} nodes compared`,
      };
    },
  });
}
