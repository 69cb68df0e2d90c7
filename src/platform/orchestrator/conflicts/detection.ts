import type { Conflict } from '../../../contracts/api/orchestration.ts';
import type { Recommendation } from '../../../contracts/api/recommendations.ts';
import { contradiction, sharedResource } from './contradictions.ts';
import { ancestorsOf, type DependencyGraph } from './dependency-graph.ts';

export type Party = Pick<
  Recommendation,
  | 'id'
  | 'agent_type'
  | 'plan'
  | 'estimated_savings'
  | 'confidence'
  | 'risk_level'
  | 'depends_on'
  | 'validations'
>;

/** Every conflict between any two, by kind: a shared resource, an action that undoes another, a dependency. */
export function conflictsAmong(parties: readonly Party[]): readonly Conflict[] {
  const graph = graphOf(parties);
  return parties.flatMap((a, index) =>
    parties.slice(index + 1).flatMap((b) => conflictsBetween(a, b, graph)),
  );
}

export function graphOf(parties: readonly Party[]): DependencyGraph {
  return new Map(parties.map(({ id, depends_on }) => [id, depends_on]));
}

function conflictsBetween(a: Party, b: Party, graph: DependencyGraph): readonly Conflict[] {
  const between = [a.id, b.id] as const;
  const { deployment } = a.plan;
  const found: Conflict[] = [];
  const shared = sharedResource(a.plan, b.plan);
  const undone = shared === undefined ? undefined : contradiction(a.plan, b.plan);
  if (undone !== undefined) {
    const reason = `${a.id} and ${b.id} contradict each other on ${shared}: ${undone}.`;
    found.push({ kind: 'contradictory_action', between, deployment, reason });
  } else if (shared !== undefined) {
    const reason = `${a.id} and ${b.id} both change ${shared}.`;
    found.push({ kind: 'same_resource', between, deployment, reason });
  }
  const [waiting, needed] = ancestorsOf(graph, a.id).has(b.id) ? [a, b] : [b, a];
  if (ancestorsOf(graph, waiting.id).has(needed.id)) {
    const reason = `${waiting.id} may begin only when ${needed.id} has completed.`;
    found.push({ kind: 'dependency', between, deployment: waiting.plan.deployment, reason });
  }
  return found;
}

/** Only one of two can be had: they share something, and no dependency says which goes first. */
export function excludeEachOther(a: Party, b: Party, graph: DependencyGraph): boolean {
  return sharedResource(a.plan, b.plan) !== undefined && !dependOnEachOther(a, b, graph);
}

export function dependOnEachOther(a: Party, b: Party, graph: DependencyGraph): boolean {
  return ancestorsOf(graph, a.id).has(b.id) || ancestorsOf(graph, b.id).has(a.id);
}
