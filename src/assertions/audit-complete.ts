import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** The audit tells of the approval, of every step that began and of the end, and its chain holds. */
export function auditComplete(): Gate {
  return gateOf({
    gate: 'audit-complete',
    needs: ['audit.missing', 'audit.steps-told', 'audit.still-valid'],
    minimumSamples: 1,
    expected: 'nothing missing between approval and end, chain valid',
    rule: (read) => {
      const missing = read.list('audit.missing');
      const told = read.number('audit.steps-told');
      const valid = read.flag('audit.still-valid');
      return {
        passed: missing.length === 0 && told > 0 && valid,
        observed: missing.length === 0 ? `${showValue(told)} steps told` : `missing: ${showValue(missing)}`,
        reason: valid ? 'the chain holds' : 'the chain is broken',
      };
    },
  });
}
