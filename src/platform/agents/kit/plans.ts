import type { OptimizationPlan } from '../../../contracts/api/recommendations.ts';

/** Nodes that serve once a plan is carried out on `nodes`. */
export function nodesAfter(plan: OptimizationPlan, nodes: number): number {
  switch (plan.kind) {
    case 'spot_migration':
      return nodes - plan.replace_instance_ids.length + plan.spot_nodes.length;
    case 'placement':
      return nodes - plan.replace_instance_ids.length + plan.target.nodes.length;
    case 'scale_in':
      return nodes - plan.retire_instance_ids.length;
    case 'hybrid':
      return plan.parts.reduce((count, part) => nodesAfter(part, count), nodes);
    case 'configuration_change':
    case 'replacement':
      return nodes;
  }
}

/** Nodes that exist today and that a plan takes away or changes. */
export function touchedInstances(plan: OptimizationPlan): readonly string[] {
  switch (plan.kind) {
    case 'spot_migration':
    case 'placement':
      return plan.replace_instance_ids;
    case 'scale_in':
      return plan.retire_instance_ids;
    case 'configuration_change':
      return plan.instance_ids;
    case 'replacement':
      return [plan.lost_instance_id];
    case 'hybrid':
      return [...new Set(plan.parts.flatMap((part) => touchedInstances(part)))];
  }
}
