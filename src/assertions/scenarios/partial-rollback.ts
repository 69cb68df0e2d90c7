import { auditComplete } from '../audit-complete.ts';
import { flagIs, listEquals, listHas, textContains, textIn } from '../facts.ts';
import { above } from '../numbers.ts';
import { capacityRestored, undoneNewestFirst } from '../partial-rollback.ts';
import { serviceKept } from './service.ts';
import { untilApprovedGates } from './until-approved.ts';

export const partialRollbackGates = {
  ...untilApprovedGates,
  'take-snapshot': [
    above({ gate: 'snapshot-has-nodes', evidence: 'snapshot.nodes', threshold: 0 }),
    listHas({ gate: 'some-nodes-protected', evidence: 'protected.nodes', minimum: 1, what: 'nodes' }),
    listHas({ gate: 'one-node-not-protected', evidence: 'protected.not', minimum: 1, what: 'nodes' }),
  ],
  'monitor-execution': [
    textIn({ gate: 'rolled-back', evidence: 'optimization.status', allowed: ['rolled_back'] }),
    textIn({
      gate: 'failed-at-termination',
      evidence: 'optimization.failed-step',
      allowed: ['terminate_ondemand'],
    }),
    textContains({
      gate: 'reason-names-the-refusal',
      evidence: 'optimization.reason',
      words: ['OperationNotPermitted', 'disableApiTermination', 'protect'],
    }),
    flagIs({
      gate: 'not-called-restored',
      evidence: 'optimization.restored',
      expected: false,
      because: 'a terminated node cannot be had back, and the platform says so',
    }),
    flagIs({
      gate: 'live-events-ordered-and-complete',
      evidence: 'events.ordered-and-complete',
      expected: true,
      because: 'sequence without gap, a start and an end for each step',
    }),
  ],
  'inspect-leftovers': [
    listHas({ gate: 'something-irreversible', evidence: 'partial.gone', minimum: 1, what: 'nodes gone' }),
    listEquals({ gate: 'irreversible-told-exactly', evidence: 'partial.told-wrongly', expected: [] }),
    listHas({
      gate: 'stand-ins-run',
      evidence: 'partial.stand-ins',
      minimum: 1,
      what: 'nodes in their place',
    }),
    capacityRestored(),
    listEquals({ gate: 'rest-untouched', evidence: 'partial.other-differences', expected: [] }),
    undoneNewestFirst('partial.undone'),
  ],
  'verify-audit': [auditComplete()],
  'validate-service': serviceKept('meanwhile'),
};
