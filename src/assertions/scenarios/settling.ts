import type { Gate } from '../../contracts/runs.ts';
import { noneOf, payloadFitsStrategy, sameAs } from '../coordination.ts';
import { flagIs, listEquals, listHas, listIncludes, textIn } from '../facts.ts';
import { atLeast, atMost, near } from '../numbers.ts';
import { optimizationSuccessful } from '../optimization-successful.ts';

/** Gates of scenarios in which several agents want different things. */

const JUDGES = 3;

/** Each agent that was asked has answered in one task of its own, and these proposals are among what they say. */
export function proposedBy(
  prefix: string,
  agents: readonly string[],
  proposals: readonly string[],
): readonly Gate[] {
  return [
    listEquals({ gate: `${prefix}-completed`, evidence: `${prefix}.completed`, expected: agents }),
    flagIs({
      gate: `${prefix}-one-task-each`,
      evidence: `${prefix}.one-task-each`,
      expected: true,
      because: 'each analysis has one task row, at the agent that was asked',
    }),
    ...(proposals.length === 0
      ? []
      : [listEquals({ gate: `${prefix}-proposals`, evidence: `${prefix}.proposals`, expected: proposals })]),
    flagIs({
      gate: `${prefix}-api-agrees`,
      evidence: `${prefix}.api-agrees`,
      expected: true,
      because: 'API and rows say the same of each proposal',
    }),
  ];
}

export function judgedByAll(prefix: string): readonly Gate[] {
  return [
    atLeast({
      gate: `${prefix}-judged-by-all`,
      evidence: `${prefix}.opinions.fewest-in-favour`,
      threshold: JUDGES,
    }),
    atMost({ gate: `${prefix}-no-veto`, evidence: `${prefix}.opinions.vetoes`, threshold: 0 }),
    listEquals({
      gate: `${prefix}-validated`,
      evidence: `${prefix}.opinions.statuses`,
      expected: ['validated'],
    }),
  ];
}

/** What every settlement has to show, whichever strategy. */
export function settledAs(
  prefix: string,
  strategies: readonly string[],
  kinds: readonly string[],
): readonly Gate[] {
  return [
    flagIs({
      gate: `${prefix}-conflict-detected`,
      evidence: `${prefix}.conflict-detected`,
      expected: true,
      because: 'the proposals are in conflict, and the platform says so',
    }),
    listIncludes({ gate: `${prefix}-conflict-kinds`, evidence: `${prefix}.kinds`, required: kinds }),
    flagIs({
      gate: `${prefix}-conflicts-explained`,
      evidence: `${prefix}.conflicts-explained`,
      expected: true,
      because: 'each conflict names two of them, what they share and why',
    }),
    textIn({ gate: `${prefix}-strategy`, evidence: `${prefix}.strategy`, allowed: strategies }),
    payloadFitsStrategy(prefix),
    sameAs({
      gate: `${prefix}-strategy-by-order`,
      evidence: `${prefix}.strategy`,
      other: `${prefix}.strategy-by-order`,
      because: 'the strategy that the order of priorities says',
    }),
    sameAs({
      gate: `${prefix}-winner-by-order`,
      evidence: `${prefix}.winner`,
      other: `${prefix}.winner-by-order`,
      because: 'the winner that the order of priorities says',
    }),
    listHas({ gate: `${prefix}-reasons`, evidence: `${prefix}.reasons`, minimum: 1, what: 'reasons' }),
    noneOf({
      gate: `${prefix}-losers-have-reasons`,
      evidence: `${prefix}.losers-without-reason`,
      what: 'losers without a reason',
    }),
    flagIs({
      gate: `${prefix}-in-database`,
      evidence: `${prefix}.in-database`,
      expected: true,
      because: 'the row in PostgreSQL says the same',
    }),
    flagIs({
      gate: `${prefix}-audited`,
      evidence: `${prefix}.audited`,
      expected: true,
      because: 'one entry of the audit says the same, losers and reasons included',
    }),
  ];
}

export function losersAre(prefix: string, expected: readonly string[]): Gate {
  return listEquals({ gate: `${prefix}-losers`, evidence: `${prefix}.losers`, expected });
}

/** `optimizations`: how many the resolution starts. */
export function executed(optimizations: number, losers: boolean): readonly Gate[] {
  return [
    listHas({
      gate: 'optimizations-created',
      evidence: 'execution.optimizations',
      minimum: optimizations,
      what: 'optimizations',
    }),
    textIn({
      gate: 'second-execution-refused',
      evidence: 'execution.second-attempt',
      allowed: ['409 ALREADY_DECIDED'],
    }),
    flagIs({
      gate: 'approved-in-database',
      evidence: 'execution.approved-in-database',
      expected: true,
      because: 'each optimization stands on an approval row of this resolution',
    }),
    flagIs({
      gate: 'execution-audited',
      evidence: 'execution.audited',
      expected: true,
      because: 'the audit has the execution once',
    }),
    ...(losers
      ? [
          noneOf({
            gate: 'losers-rejected',
            evidence: 'execution.losers-not-rejected',
            what: 'losers without a rejection row that names the resolution',
          }),
          noneOf({
            gate: 'losers-audited',
            evidence: 'execution.losers-not-audited',
            what: 'losers without an entry in the audit',
          }),
        ]
      : []),
  ];
}

const AGENTS = ['application', 'cost', 'performance', 'resource'];

/** All four agents were heard, and each has taken note: by rows, answer, audit and one event. */
export const told: readonly Gate[] = [
  listEquals({ gate: 'participants-heard', evidence: 'told.participants', expected: AGENTS }),
  listEquals({ gate: 'participants-have-tasks', evidence: 'told.tasks', expected: AGENTS }),
  listEquals({ gate: 'participants-acknowledge', evidence: 'told.acknowledged', expected: AGENTS }),
  listEquals({ gate: 'acknowledgements-audited', evidence: 'told.audited', expected: AGENTS }),
  near({ gate: 'one-live-event', evidence: 'told.events', expected: 1, tolerance: 0 }),
];

/** Followed to its end, whichever steps its plan has. */
export const followed: readonly Gate[] = [
  optimizationSuccessful('optimization.status'),
  flagIs({
    gate: 'steps-carry-evidence',
    evidence: 'optimization.steps-carry-evidence',
    expected: true,
    because: 'every step names what it did and saw',
  }),
  flagIs({
    gate: 'live-events-ordered-and-complete',
    evidence: 'events.ordered-and-complete',
    expected: true,
    because: 'sequence without gap, a start and an end for each step',
  }),
  flagIs({
    gate: 'audit-chain-valid',
    evidence: 'audit.chain-valid',
    expected: true,
    because: 'every hash fits',
  }),
];
