import type { Gate } from '../../contracts/runs.ts';
import { THRESHOLDS } from '../../contracts/thresholds.ts';
import { actionsStruck } from '../actions-struck.ts';
import { auditComplete } from '../audit-complete.ts';
import { flagIs, listHas, textContains, textIn } from '../facts.ts';
import { above, atMost } from '../numbers.ts';
import { rollbackSuccessful } from '../rollback-successful.ts';
import { stateRestored } from '../state-restored.ts';
import { serviceKept } from './service.ts';
import { untilApprovedGates } from './until-approved.ts';

const followed: readonly Gate[] = [
  flagIs({
    gate: 'live-events-ordered-and-complete',
    evidence: 'events.ordered-and-complete',
    expected: true,
    because: 'sequence without gap, a start and an end for each step that began',
  }),
  flagIs({
    gate: 'audit-chain-valid',
    evidence: 'audit.chain-valid',
    expected: true,
    because: 'every hash fits',
  }),
];

/** What every migration that comes back has to show, whatever its `monitor-execution` expects. */
const cameBack = {
  ...untilApprovedGates,
  'take-snapshot': [
    above({ gate: 'snapshot-has-nodes', evidence: 'snapshot.nodes', threshold: 0 }),
    listHas({ gate: 'snapshot-has-machines', evidence: 'snapshot.running', minimum: 1, what: 'machines' }),
  ],
  'verify-restored': [stateRestored()],
  'verify-audit': [auditComplete()],
  'validate-service': serviceKept('restored'),
};

const rolledBack = rollbackSuccessful({ status: 'optimization.status', restored: 'optimization.restored' });
const inTime = atMost({
  gate: 'rollback-in-time',
  evidence: 'rollback.scale-one-seconds',
  threshold: THRESHOLDS.rollbackSecondsAtScaleOne,
});

export const rollbackGates = {
  ...cameBack,
  'monitor-execution': [rolledBack, ...followed],
  'verify-audit': [auditComplete(), inTime],
};

export const spotRollbackGates = {
  ...cameBack,
  'monitor-execution': [
    rolledBack,
    actionsStruck(),
    textIn({ gate: 'canary-found-bad', evidence: 'optimization.failed-step', allowed: ['validate_canary'] }),
    ...followed,
  ],
  'verify-audit': [auditComplete(), inTime],
};

export const spotNoCapacityGates = {
  ...cameBack,
  'monitor-execution': [
    textIn({
      gate: 'migration-given-up',
      evidence: 'optimization.status',
      allowed: ['failed', 'rolled_back'],
    }),
    textContains({ gate: 'reason-names-capacity', evidence: 'optimization.reason', words: ['capacity'] }),
    flagIs({
      gate: 'platform-says-restored',
      evidence: 'optimization.restored',
      expected: true,
      because: 'the state read again equals the snapshot of the platform',
    }),
  ],
};
