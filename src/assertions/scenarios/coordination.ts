import type { Gate } from '../../contracts/runs.ts';
import { THRESHOLDS } from '../../contracts/thresholds.ts';
import { differsFrom, noneOf, payloadFitsStrategy, sameAs } from '../coordination.ts';
import { costReduced } from '../cost-reduced.ts';
import { flagIs, listEquals, listHas, listIncludes, textIn } from '../facts.ts';
import { forecastWithin } from '../forecast-within.ts';
import { above, atLeast, atMost, near, witnessesAgree } from '../numbers.ts';
import { optimizationSuccessful } from '../optimization-successful.ts';
import { fleetAsPlanned, snapshotTaken, startingPoint } from './placing.ts';
import { serviceKept } from './service.ts';

const JUDGES = 3;

/** Each agent that was asked has answered in one task of its own, and these proposals are among what they say. */
function proposedBy(
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

function judgedByAll(prefix: string): readonly Gate[] {
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
function settledAs(prefix: string, strategies: readonly string[], kinds: readonly string[]): readonly Gate[] {
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

function losersAre(prefix: string, expected: readonly string[]): Gate {
  return listEquals({ gate: `${prefix}-losers`, evidence: `${prefix}.losers`, expected });
}

/** `optimizations`: how many the resolution starts. */
function executed(optimizations: number, losers: boolean): readonly Gate[] {
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
const told: readonly Gate[] = [
  listEquals({ gate: 'participants-heard', evidence: 'told.participants', expected: AGENTS }),
  listEquals({ gate: 'participants-have-tasks', evidence: 'told.tasks', expected: AGENTS }),
  listEquals({ gate: 'participants-acknowledge', evidence: 'told.acknowledged', expected: AGENTS }),
  listEquals({ gate: 'acknowledgements-audited', evidence: 'told.audited', expected: AGENTS }),
  near({ gate: 'one-live-event', evidence: 'told.events', expected: 1, tolerance: 0 }),
];

/** Followed to its end, whichever steps its plan has. */
const followed: readonly Gate[] = [
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

const TUNING = 'performance: kv_cache_optimization vllm-prod-1';
const SPOT = 'cost: spot_migration vllm-prod-1';
const SMALLER = 'resource: rightsizing vllm-prod-1';

export const multiAgentCoordinationGates = {
  'record-initial-state': startingPoint,
  'take-snapshot': snapshotTaken,
  'analyse-together': proposedBy('analyses', ['cost', 'performance'], [SPOT, TUNING]),
  'multi-agent-validation': judgedByAll('analyses'),
  'resolve-conflict': [
    ...settledAs('resolution', ['negotiate_hybrid'], ['same_resource']),
    losersAre('resolution', [SPOT, TUNING]),
    textIn({ gate: 'hybrid-is-recommended', evidence: 'hybrid.type', allowed: ['hybrid'] }),
    textIn({ gate: 'hybrid-by-performance', evidence: 'hybrid.agent', allowed: ['performance'] }),
    listIncludes({
      gate: 'hybrid-gives-each-its-part',
      evidence: 'hybrid.parts',
      required: ['configuration_change', 'spot_migration'],
    }),
    listHas({ gate: 'hybrid-has-reasons', evidence: 'hybrid.reasons', minimum: 1, what: 'reasons' }),
    above({ gate: 'hybrid-predicts-savings', evidence: 'forecast.savings.predicted', threshold: 0 }),
    above({ gate: 'hybrid-predicts-latency', evidence: 'forecast.latency-p95.predicted', threshold: 0 }),
  ],
  'execute-resolution': executed(1, true),
  'monitor-execution': [
    ...followed,
    sameAs({
      gate: 'steps-of-all-parts-completed',
      evidence: 'optimization.completed-steps',
      other: 'hybrid.steps',
      because: 'the steps of every part of the hybrid, in order',
    }),
  ],
  'verify-participants': told,
  'verify-fleet': [
    ...fleetAsPlanned,
    flagIs({
      gate: 'spot-nodes-came',
      evidence: 'fleet.came-by-plan',
      expected: true,
      because: 'what came into the inventory is what the plan says',
    }),
    listEquals({ gate: 'no-stranger-came', evidence: 'fleet.strangers', expected: [] }),
  ],
  'validate-service': serviceKept('after'),
  'validate-savings': [
    costReduced({
      before: 'cost.monthly.inventory',
      after: 'cost.monthly.after.inventory',
      minimumShare: THRESHOLDS.costReductionShare,
    }),
    witnessesAgree({
      gate: 'new-cost-agrees-with-inventory',
      evidence: 'cost.monthly.after.platform',
      witness: 'cost.monthly.after.inventory',
      toleranceShare: 0.01,
    }),
    forecastWithin({ what: 'savings', toleranceShare: THRESHOLDS.forecastErrorShare }),
  ],
  'validate-latency': [
    forecastWithin({ what: 'latency-p95', toleranceShare: THRESHOLDS.forecastErrorShare }),
  ],
};

const THREE = ['cost', 'performance', 'resource'];

export const conflictResolutionGates = {
  'take-snapshot': snapshotTaken,
  'analyse-together': proposedBy('analyses', THREE, [SPOT, TUNING, SMALLER]),
  'multi-agent-validation': judgedByAll('analyses'),
  'resolve-conflict': [
    ...settledAs(
      'resolution',
      ['prioritize_customer', 'negotiate_hybrid'],
      ['contradictory_action', 'same_resource'],
    ),
    listHas({
      gate: 'each-pair-in-conflict',
      evidence: 'resolution.pairs',
      minimum: THREE.length,
      what: 'pairs in conflict',
    }),
    listHas({ gate: 'two-lose', evidence: 'resolution.losers', minimum: 2, what: 'losers' }),
  ],
  'execute-resolution': executed(1, true),
  'monitor-execution': followed,
  'verify-participants': told,
  'validate-service': serviceKept('after'),
  replan: proposedBy('replan', THREE, []),
  'verify-replan': [
    noneOf({ gate: 'nothing-done-again', evidence: 'replan.repeated', what: 'proposals of what was done' }),
    noneOf({ gate: 'nothing-undone', evidence: 'replan.undone', what: 'proposals to undo what was done' }),
    noneOf({
      gate: 'plans-on-present-nodes',
      evidence: 'replan.on-missing-nodes',
      what: 'plans for nodes that are gone',
    }),
    noneOf({
      gate: 'plans-from-present-configuration',
      evidence: 'replan.from-another-configuration',
      what: 'plans that start from another configuration than the present one',
    }),
    noneOf({
      gate: 'older-offers-closed',
      evidence: 'replan.older-offers-still-open',
      what: 'offers from before the execution that are still open',
    }),
  ],
};

export const priorityResolutionGates = {
  'analyse-without': proposedBy('without', ['cost', 'performance'], [SPOT, TUNING]),
  'validate-without': judgedByAll('without'),
  'resolve-without': settledAs('without-preference', ['negotiate_hybrid'], ['same_resource']),
  'analyse-with': [
    ...proposedBy('with', ['cost', 'performance'], [SPOT, TUNING]),
    sameAs({
      gate: 'same-conflict',
      evidence: 'with.proposals',
      other: 'without.proposals',
      because: 'both customers have the same proposals',
    }),
  ],
  'validate-with': judgedByAll('with'),
  'resolve-with': [
    ...settledAs('with-preference', ['prioritize_customer'], ['same_resource']),
    differsFrom({
      gate: 'another-winner',
      evidence: 'with-preference.winner',
      other: 'without-preference.winner',
      because: 'the preference changes who wins',
    }),
    differsFrom({
      gate: 'other-reasons',
      evidence: 'with-preference.reasons',
      other: 'without-preference.reasons',
      because: 'each winner has reasons of its own',
    }),
  ],
};

const SECOND_TUNING = 'performance: kv_cache_optimization vllm-prod-2';
const SECOND_SPOT = 'cost: spot_migration vllm-prod-2';

/** Wall seconds that two rollouts must have run side by side; far more than clocks and rounding are worth. */
const SIDE_BY_SIDE_SECONDS = 1;

export const sequentialAndParallelGates = {
  'take-snapshot': snapshotTaken,
  'analyse-together': proposedBy(
    'analyses',
    ['cost', 'performance'],
    [SPOT, SECOND_SPOT, TUNING, SECOND_TUNING],
  ),
  'multi-agent-validation': judgedByAll('analyses'),
  'resolve-conflict': [
    ...settledAs('resolution', ['sequential_execution'], ['same_resource']),
    losersAre('resolution', []),
    listEquals({
      gate: 'disjoint-first-shared-after',
      evidence: 'resolution.order',
      expected: [`${TUNING} + ${SECOND_TUNING}`, SPOT],
    }),
  ],
  'execute-resolution': executed(3, false),
  'approve-on-busy': [
    flagIs({
      gate: 'deployment-was-busy',
      evidence: 'late.deployment-held-by-another',
      expected: true,
      because: 'another optimization holds the lease',
    }),
    textIn({ gate: 'late-one-waits', evidence: 'late.status', allowed: ['queued'] }),
  ],
  'follow-together': [
    listEquals({ gate: 'all-completed', evidence: 'together.statuses', expected: ['completed'] }),
    listEquals({
      gate: 'both-deployments-changed',
      evidence: 'together.deployments',
      expected: ['vllm-prod-1', 'vllm-prod-2'],
    }),
    above({
      gate: 'disjoint-overlap-in-time',
      evidence: 'together.least-overlap-of-disjoint',
      threshold: SIDE_BY_SIDE_SECONDS,
    }),
    atLeast({
      gate: 'shared-strictly-one-after-another',
      evidence: 'together.least-gap-on-shared',
      threshold: 0,
    }),
    near({ gate: 'each-deployment-twice', evidence: 'together.turns-on-shared', expected: 2, tolerance: 0 }),
    near({ gate: 'a-lease-each', evidence: 'together.leases', expected: 4, tolerance: 0 }),
    noneOf({
      gate: 'leases-in-turn-with-growing-tokens',
      evidence: 'together.lease-faults',
      what: 'faults of leases',
    }),
  ],
  'verify-participants': told,
  'validate-service': serviceKept('after'),
};
