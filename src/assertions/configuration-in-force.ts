import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Every planned node serves with the planned configuration, by the world's own word. */
export function configurationInForce(): Gate {
  return gateOf({
    gate: 'configuration-in-force',
    needs: ['configuration.differences', 'configuration.nodes', 'configuration.planned-nodes'],
    minimumSamples: 1,
    expected: 'each planned node serves, with the planned configuration',
    rule: (read) => {
      const differences = read.list('configuration.differences');
      const serving = read.list('configuration.nodes');
      const silent = read.list('configuration.planned-nodes').filter((id) => !serving.includes(id));
      return {
        passed: serving.length > 0 && differences.length === 0 && silent.length === 0,
        observed:
          differences.length === 0 ? `${showValue(serving.length)} nodes as planned` : showValue(differences),
        reason: silent.length === 0 ? 'every planned node serves' : `not serving: ${showValue(silent)}`,
      };
    },
  });
}
