import type { Gate } from '../../contracts/runs.ts';
import { flagIs, listEquals, listHas, textIn } from '../facts.ts';
import { gateOf, showValue } from '../judge.ts';
import { atLeast, atMost, near } from '../numbers.ts';

/** A refusal is a walk along a few rows; a second is long, and what hangs is cut off at ten. */
const ANSWER_MS = 1_000;
/** A lease of the deployment is taken within a few rounds of the dispatcher. */
const TURN_SECONDS = 10;

/** Every length that was tried is in the list, from one to at least four. */
function everyLength(gate: string, evidence: string, what: string): Gate {
  return gateOf({
    gate,
    needs: [evidence, 'cycles.tried'],
    expected: `circles of 1 to at least 4 ${what}`,
    rule: (read) => {
      const [seen, tried] = [read.list(evidence), read.list('cycles.tried')];
      const missing = tried.filter((length) => !seen.includes(length));
      return {
        passed: tried.length >= 4 && missing.length === 0,
        observed: showValue(seen),
        reason: missing.length === 0 ? `${showValue(tried.length)} lengths` : `not: ${showValue(missing)}`,
      };
    },
  });
}

const nothingBegun = (prefix: string): readonly Gate[] => [
  near({
    gate: `${prefix}-nothing-started`,
    evidence: `${prefix}.optimizations`,
    expected: 0,
    tolerance: 0,
  }),
  near({ gate: `${prefix}-nothing-approved`, evidence: `${prefix}.approvals`, expected: 0, tolerance: 0 }),
];

const refusedBy = (door: string): readonly Gate[] => [
  textIn({ gate: `${door}-refuses`, evidence: `planted.${door}.answer`, allowed: ['409 DEPENDENCY_CYCLE'] }),
  flagIs({
    gate: `${door}-names-the-circle`,
    evidence: `planted.${door}.named`,
    expected: true,
    because: 'the answer names every member in order',
  }),
  atMost({ gate: `${door}-answers-in-time`, evidence: `planted.${door}.ms`, threshold: ANSWER_MS }),
];

const noCircle = (gate: string, evidence: string): Gate =>
  flagIs({ gate, evidence, expected: false, because: 'the rows hold no circle' });

export const deadlockPreventionGates = {
  'gather-offers': [
    listHas({ gate: 'enough-offers', evidence: 'offers.proposals', minimum: 4, what: 'recommendations' }),
    listEquals({
      gate: 'both-agents-answered',
      evidence: 'offers.completed',
      expected: ['cost', 'performance'],
    }),
  ],
  'await-opinions': [
    atLeast({ gate: 'offers-approved-by-two', evidence: 'offers.opinions.fewest-in-favour', threshold: 2 }),
    listEquals({
      gate: 'all-offers-validated',
      evidence: 'offers.opinions.statuses',
      expected: ['validated'],
    }),
  ],
  'refuse-cycles': [
    everyLength('cycles-refused', 'cycles.refused', 'refused with DEPENDENCY_CYCLE'),
    everyLength('cycles-named', 'cycles.named', 'named member by member'),
    atMost({ gate: 'refusals-in-time', evidence: 'cycles.slowest-ms', threshold: ANSWER_MS }),
    noCircle('no-circle-in-rows', 'cycles.in-rows'),
    atLeast({ gate: 'race-has-a-loser', evidence: 'race.refused', threshold: 1 }),
    near({ gate: 'race-answers-clearly', evidence: 'race.other-answers', expected: 0, tolerance: 0 }),
    noCircle('no-circle-after-race', 'race.in-rows'),
    ...nothingBegun('cycles'),
  ],
  'refuse-planted-cycle': [
    ...refusedBy('bulk-approve'),
    ...refusedBy('resolve-conflict'),
    ...nothingBegun('planted'),
    textIn({ gate: 'circle-can-be-broken', evidence: 'planted.repair', allowed: ['200'] }),
    noCircle('no-circle-after-repair', 'planted.in-rows-after'),
  ],
  'approve-in-order': [
    textIn({ gate: 'order-accepted', evidence: 'order.dependency', allowed: ['200'] }),
    textIn({ gate: 'order-approved', evidence: 'order.approved', allowed: ['200'] }),
    listEquals({
      gate: 'approved-in-order',
      evidence: 'order.kept',
      expected: ['first approved', 'second approved'],
    }),
    near({ gate: 'two-optimizations', evidence: 'order.optimizations', expected: 2, tolerance: 0 }),
  ],
  'monitor-execution': [
    textIn({ gate: 'first-completed', evidence: 'optimization.status', allowed: ['completed'] }),
  ],
  'await-turn': [
    textIn({ gate: 'second-begun', evidence: 'turn.second', allowed: ['executing', 'completed'] }),
    atLeast({ gate: 'second-after-first', evidence: 'turn.gap-seconds', threshold: 0 }),
    atMost({ gate: 'second-soon-after', evidence: 'turn.gap-seconds', threshold: TURN_SECONDS }),
  ],
};
