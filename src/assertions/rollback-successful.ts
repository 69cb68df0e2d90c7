import type { Gate } from '../contracts/runs.ts';
import { gateOf } from './judge.ts';

/** The optimization was rolled back and a second reading of the state equals the snapshot. */
export function rollbackSuccessful(options: { status: string; restored: string }): Gate {
  return gateOf({
    gate: 'rollback-successful',
    needs: [options.status, options.restored],
    expected: 'rolled_back and original state restored',
    rule: (read) => {
      const status = read.text(options.status);
      const restored = read.flag(options.restored);
      return {
        passed: status === 'rolled_back' && restored,
        observed: `${status}, ${restored ? 'restored' : 'not restored'}`,
        reason: restored ? 'the state read again equals the snapshot' : 'the state differs from the snapshot',
      };
    },
  });
}
