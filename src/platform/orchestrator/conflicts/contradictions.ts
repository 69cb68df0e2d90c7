import type { OptimizationPlan, PlanKind } from '../../../contracts/api/recommendations.ts';
import { instancesOf } from '../recommendations/plans.ts';

type SimpleKind = Exclude<PlanKind, 'hybrid'>;

/** Pairs of actions that undo each other on one deployment; all others can follow one another. */
const CONTRADICTIONS: readonly (readonly [SimpleKind, SimpleKind, string])[] = [
  ['spot_migration', 'spot_migration', 'both decide which nodes run on spot'],
  ['spot_migration', 'scale_in', 'one replaces nodes that the other retires'],
  ['spot_migration', 'placement', 'they move the same traffic to different nodes'],
  ['configuration_change', 'configuration_change', 'they want different configurations of the same engines'],
  ['scale_in', 'scale_in', 'both decide how many nodes stay'],
  ['scale_in', 'placement', 'one retires nodes that the other replaces elsewhere'],
  ['scale_in', 'replacement', 'one adds a node where the other removes some'],
  ['placement', 'placement', 'they move the same traffic to different places'],
  ['placement', 'replacement', 'one adds a node in the place that the other leaves'],
];

/** Why two plans for one deployment cannot both be carried out; undefined when they can, one after the other. */
export function contradiction(a: OptimizationPlan, b: OptimizationPlan): string | undefined {
  for (const left of actionsOf(a)) {
    for (const right of actionsOf(b)) {
      const found = CONTRADICTIONS.find(
        ([one, other]) => (one === left && other === right) || (one === right && other === left),
      );
      if (found !== undefined) return found[2];
    }
  }
  return undefined;
}

/** A hybrid contradicts whatever one of its parts contradicts. */
function actionsOf(plan: OptimizationPlan): readonly SimpleKind[] {
  return plan.kind === 'hybrid' ? plan.parts.map(({ kind }) => kind) : [plan.kind];
}

/** What two plans both touch: a deployment, or an instance of it; undefined when they are disjoint. */
export function sharedResource(a: OptimizationPlan, b: OptimizationPlan): string | undefined {
  if (a.deployment === b.deployment) return `deployment ${a.deployment}`;
  const touched = new Set(instancesOf(a));
  const instance = instancesOf(b).find((id) => touched.has(id));
  return instance === undefined ? undefined : `instance ${instance}`;
}
