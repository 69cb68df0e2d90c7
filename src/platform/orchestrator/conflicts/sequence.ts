import type { PlanKind } from '../../../contracts/api/recommendations.ts';
import { sharedResource } from './contradictions.ts';
import { inDependencyOrder } from './dependency-graph.ts';
import { graphOf, type Party } from './detection.ts';
import { byPriority } from './priorities.ts';

/** A plan that names the present nodes goes before one that exchanges them. */
const KINDS: readonly PlanKind[] = [
  'replacement',
  'configuration_change',
  'hybrid',
  'scale_in',
  'spot_migration',
  'placement',
];

/** Groups one after another; within a group nothing is shared and nobody waits for anybody. */
export function executionOrder(parties: readonly Party[]): readonly (readonly string[])[] {
  const preferred = [...parties].sort(
    (a, b) => KINDS.indexOf(a.plan.kind) - KINDS.indexOf(b.plan.kind) || byPriority(a, b),
  );
  const byId = new Map(parties.map((party) => [party.id, party]));
  const ordered = inDependencyOrder(
    preferred.map(({ id }) => id),
    graphOf(parties),
  ).flatMap((id) => byId.get(id) ?? []);
  const groups: Party[][] = [];
  for (const party of ordered) {
    const after = groups.findLastIndex((group) => group.some((earlier) => goesAfter(party, earlier)));
    (groups[after + 1] ??= []).push(party);
  }
  return groups.map((group) => group.map(({ id }) => id));
}

/** `party` has to wait for `earlier`, once the order between them is settled. */
export function goesAfter(party: Party, earlier: Party): boolean {
  return party.depends_on.includes(earlier.id) || sharedResource(party.plan, earlier.plan) !== undefined;
}
