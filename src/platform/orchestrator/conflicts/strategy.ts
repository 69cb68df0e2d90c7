import type { Preferences } from '../../../contracts/api/customers.ts';
import type { ConflictResolution, HybridSolution } from '../../../contracts/api/orchestration.ts';
import { contradiction, sharedResource } from './contradictions.ts';
import { ancestorsOf } from './dependency-graph.ts';
import { dependOnEachOther, excludeEachOther, graphOf, type Party } from './detection.ts';
import { byPriority, preferredAgent, vetoOf } from './priorities.ts';
import { executionOrder } from './sequence.ts';

export type Settlement = Pick<
  ConflictResolution,
  | 'resolution_strategy'
  | 'chosen_recommendation'
  | 'hybrid_solution'
  | 'execution_order'
  | 'rejected'
  | 'reasons'
>;

/** What the performance agent said to the question for a hybrid; `hybrid` null: it knows none, or did not answer. */
export interface Negotiation {
  readonly hybrid: HybridSolution | null;
  readonly reasons: readonly string[];
}

type Rejection = Settlement['rejected'][number];

/**
 * Settles a conflict in the order of the contract: a veto excludes, the customer's preference decides, else a hybrid
 * that gives each its part, else one after another, else the order of authors.
 */
export async function settle(
  parties: readonly Party[],
  preferences: Preferences,
  negotiate: (parties: readonly Party[]) => Promise<Negotiation>,
): Promise<Settlement> {
  const vetoed = parties.flatMap((party) => {
    const reason = vetoOf(party);
    return reason === undefined ? [] : [{ recommendation_id: party.id, reason }];
  });
  const out = withStranded(parties, vetoed);
  const settlement = await settleOpen(without(parties, out), preferences, negotiate);
  return {
    ...settlement,
    rejected: [...out, ...settlement.rejected],
    reasons: [
      ...vetoed.map(({ recommendation_id, reason }) => `${recommendation_id} was ${reason}.`),
      ...settlement.reasons,
    ],
  };
}

async function settleOpen(
  parties: readonly Party[],
  preferences: Preferences,
  negotiate: (parties: readonly Party[]) => Promise<Negotiation>,
): Promise<Settlement> {
  const graph = graphOf(parties);
  const rivals = pairs(parties).some(([a, b]) => excludeEachOther(a, b, graph));
  if (!rivals) return inSequence(parties, ['Nothing excludes anything: what waits for another follows it.']);
  const preferred = preferredAgent(preferences);
  const favourite = [...parties].sort(byPriority).find(({ agent_type }) => agent_type === preferred);
  if (favourite !== undefined) {
    return prioritized(parties, favourite, `The customer puts ${favourite.agent_type} first.`);
  }
  const unstated =
    preferred === undefined
      ? 'The customer has stated no preference.'
      : `The customer prefers ${preferred}, which proposes none of these.`;
  const { hybrid, reasons } = await negotiate(parties);
  if (hybrid !== null) return combined(parties, hybrid, [unstated, ...reasons]);
  const contradictory = pairs(parties).some(
    ([a, b]) =>
      !dependOnEachOther(a, b, graph) &&
      sharedResource(a.plan, b.plan) !== undefined &&
      contradiction(a.plan, b.plan) !== undefined,
  );
  const told = [unstated, ...reasons];
  if (!contradictory) return inSequence(parties, [...told, 'They can follow one another.']);
  const [first] = [...parties].sort(byPriority);
  if (first === undefined) throw new Error('a conflict without parties');
  const order = 'Default order: quality, performance, cost, resource; then saving, confidence, risk.';
  const settlement = prioritized(parties, first, order);
  return { ...settlement, reasons: [...told, ...settlement.reasons] };
}

function pairs(parties: readonly Party[]): readonly (readonly [Party, Party])[] {
  return parties.flatMap((a, index) => parties.slice(index + 1).map((b) => [a, b] as const));
}

function inSequence(parties: readonly Party[], reasons: readonly string[]): Settlement {
  return {
    resolution_strategy: 'sequential_execution',
    chosen_recommendation: null,
    hybrid_solution: null,
    execution_order: executionOrder(parties),
    rejected: [],
    reasons,
  };
}

function prioritized(parties: readonly Party[], chosen: Party, why: string): Settlement {
  const rejected = withStranded(parties, losers(parties, [chosen]));
  return {
    resolution_strategy: 'prioritize_customer',
    chosen_recommendation: chosen.id,
    hybrid_solution: null,
    execution_order: null,
    rejected,
    reasons: [`${why} ${chosen.id} (${chosen.agent_type}) is carried out.`],
  };
}

function combined(parties: readonly Party[], hybrid: HybridSolution, reasons: readonly string[]): Settlement {
  const members = hybrid.plan.recommendation_ids;
  const rest = parties.filter(({ id }) => !members.includes(id));
  const exclusive = rest.filter(({ plan }) => sharedResource(plan, hybrid.plan) !== undefined);
  const rejected = [
    ...members.map((id) => ({ recommendation_id: id, reason: 'The hybrid carries out its part.' })),
    ...exclusive.map(({ id }) => ({
      recommendation_id: id,
      reason: `The hybrid changes deployment ${hybrid.plan.deployment} and has no part for it.`,
    })),
  ];
  const out = withStranded(parties, [...rejected, ...losers(without(parties, rejected), [])]);
  return {
    resolution_strategy: 'negotiate_hybrid',
    chosen_recommendation: null,
    hybrid_solution: hybrid,
    execution_order: null,
    rejected: out,
    reasons,
  };
}

function without(parties: readonly Party[], rejected: readonly Rejection[]): readonly Party[] {
  const gone = new Set(rejected.map(({ recommendation_id }) => recommendation_id));
  return parties.filter(({ id }) => !gone.has(id));
}

/** Nobody stays who waits for one that is gone. */
function withStranded(parties: readonly Party[], rejected: readonly Rejection[]): readonly Rejection[] {
  const graph = graphOf(parties);
  const gone = new Set(rejected.map(({ recommendation_id }) => recommendation_id));
  const stranded = without(parties, rejected).filter(({ id }) =>
    [...ancestorsOf(graph, id)].some((needed) => gone.has(needed)),
  );
  const reason = 'It waits for one that is not carried out.';
  return [...rejected, ...stranded.map(({ id }) => ({ recommendation_id: id, reason }))];
}

/** Who has to go: from the first in line on, each keeps out those it excludes. What `favoured` waits for stays too. */
function losers(parties: readonly Party[], favoured: readonly Party[]): readonly Rejection[] {
  const graph = graphOf(parties);
  const rank = (party: Party): number => {
    if (favoured.includes(party)) return 0;
    return favoured.some(({ id }) => ancestorsOf(graph, id).has(party.id)) ? 1 : 2;
  };
  const kept: Party[] = [];
  const rejected: Rejection[] = [];
  for (const party of [...parties].sort((a, b) => rank(a) - rank(b) || byPriority(a, b))) {
    const winner = kept.find((other) => excludeEachOther(party, other, graph));
    if (winner === undefined) kept.push(party);
    else rejected.push({ recommendation_id: party.id, reason: lostTo(party, winner) });
  }
  return rejected;
}

function lostTo(party: Party, winner: Party): string {
  const shared = sharedResource(party.plan, winner.plan) ?? 'what it needs';
  const undone = contradiction(party.plan, winner.plan);
  const because = undone === undefined ? '' : `: ${undone}`;
  return `${winner.id} (${winner.agent_type}) goes before it on ${shared}${because}.`;
}
