import type { EngineConfiguration } from '../src/contracts/api/customers.ts';
import type { OptimizationPlan } from '../src/contracts/api/recommendations.ts';
import type { SiteNode } from '../src/contracts/world.ts';

/** A node that serves, as the world has it. */
export type Serving = Pick<SiteNode, 'instanceId' | 'engineConfiguration'>;
type Part = Exclude<OptimizationPlan, { kind: 'hybrid' }>;

export function partsOf(plan: OptimizationPlan): readonly Part[] {
  return plan.kind === 'hybrid' ? plan.parts : [plan];
}

/** The same action at the same deployment to the same end. */
export function repeats(plan: OptimizationPlan, done: Part): boolean {
  if (plan.kind !== done.kind || plan.deployment !== done.deployment) return false;
  if (plan.kind === 'configuration_change' && done.kind === 'configuration_change')
    return changes(plan).every((setting) => plan.to[setting] === done.to[setting]);
  return instancesOf(plan).some((id) => instancesOf(done).includes(id));
}

/** A setting that was changed would be changed again: back, or to a third value that was no better a moment ago. */
export function undoes(plan: OptimizationPlan, done: Part): boolean {
  if (plan.kind !== 'configuration_change' || done.kind !== 'configuration_change') return false;
  const before = changes(done);
  return plan.deployment === done.deployment && changes(plan).some((setting) => before.includes(setting));
}

function changes({
  from,
  to,
}: Extract<OptimizationPlan, { kind: 'configuration_change' }>): readonly (keyof EngineConfiguration)[] {
  return (Object.keys(to) as (keyof EngineConfiguration)[]).filter((name) => from[name] !== to[name]);
}

export function missingNodes(plan: OptimizationPlan, serving: readonly Serving[]): readonly string[] {
  return instancesOf(plan).filter((id) => !serving.some(({ instanceId }) => instanceId === id));
}

/** What a plan changes or takes away. */
function instancesOf(plan: OptimizationPlan): readonly string[] {
  switch (plan.kind) {
    case 'configuration_change':
      return plan.instance_ids;
    case 'scale_in':
      return plan.retire_instance_ids;
    case 'spot_migration':
    case 'placement':
      return plan.replace_instance_ids;
    case 'replacement':
      return [plan.lost_instance_id];
    case 'hybrid':
      return plan.parts.flatMap(instancesOf);
  }
}

export function startsElsewhere(plan: OptimizationPlan, serving: readonly Serving[]): boolean {
  if (plan.kind !== 'configuration_change') return false;
  const own = serving.filter(({ instanceId }) => plan.instance_ids.includes(instanceId));
  return own.some(({ engineConfiguration }) =>
    (Object.keys(plan.from) as (keyof EngineConfiguration)[]).some(
      (setting) => plan.from[setting] !== engineConfiguration[setting],
    ),
  );
}
