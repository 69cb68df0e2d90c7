import { MIGRATION_STEPS } from '../contracts/api/recommendations.ts';
import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Steps were undone in the opposite order of their doing, each once; nothing undone proves nothing. */
export function undoneNewestFirst(evidence: string): Gate {
  return gateOf({
    gate: 'undone-newest-first',
    needs: [evidence],
    expected: 'each step after all that came later',
    rule: (read) => {
      const order = read
        .list(evidence)
        .map((step) => (MIGRATION_STEPS as readonly string[]).indexOf(String(step)));
      const falling = order.every(
        (step, index) => step >= 0 && (index === 0 || step < (order[index - 1] ?? -1)),
      );
      return {
        passed: order.length > 0 && falling,
        observed: showValue(read.list(evidence)),
        reason: falling ? `${showValue(order.length)} steps undone` : 'not newest first',
      };
    },
  });
}

/** As many nodes of each kind serve each deployment as before. */
export function capacityRestored(): Gate {
  return gateOf({
    gate: 'capacity-restored',
    needs: ['partial.fleet-after', 'partial.fleet-before'],
    expected: 'as many nodes of each kind as before',
    rule: (read) => {
      const [after, before] = [read.list('partial.fleet-after'), read.list('partial.fleet-before')];
      return {
        passed: before.length > 0 && showValue(after) === showValue(before),
        observed: showValue(after),
        reason: `before: ${showValue(before)}`,
      };
    },
  });
}
