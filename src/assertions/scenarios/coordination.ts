import { THRESHOLDS } from '../../contracts/thresholds.ts';
import { differsFrom, noneOf, sameAs } from '../coordination.ts';
import { costReduced } from '../cost-reduced.ts';
import { flagIs, listEquals, listHas, listIncludes, textIn } from '../facts.ts';
import { forecastWithin } from '../forecast-within.ts';
import { above, atLeast, near, witnessesAgree } from '../numbers.ts';
import { fleetAsPlanned, snapshotTaken, startingPoint } from './placing.ts';
import { serviceKept } from './service.ts';
import { executed, followed, judgedByAll, losersAre, proposedBy, settledAs, told } from './settling.ts';

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
