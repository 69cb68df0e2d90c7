import type { CloudProvider } from '../../../contracts/api/common.ts';
import type { OptimizationPlan } from '../../../contracts/api/recommendations.ts';

export interface Place {
  readonly provider: CloudProvider;
  readonly region: string;
}

/** Every place a plan touches once, first where the deployment runs. */
export function placesOf(plan: OptimizationPlan): readonly Place[] {
  const here = { provider: plan.provider, region: plan.region };
  if (plan.kind !== 'placement') return [here];
  const { provider, region } = plan.target;
  return provider === here.provider && region === here.region ? [here] : [here, { provider, region }];
}

/** The instances a plan rests on: what it changes, removes or counts on. */
export function instancesOf(plan: OptimizationPlan): readonly string[] {
  switch (plan.kind) {
    case 'spot_migration':
    case 'placement':
      return [...plan.replace_instance_ids, ...plan.keep_instance_ids];
    case 'configuration_change':
      return plan.instance_ids;
    case 'scale_in':
      return [...plan.retire_instance_ids, ...plan.keep_instance_ids];
    case 'replacement':
      return [plan.lost_instance_id];
    case 'hybrid':
      return [...new Set(plan.parts.flatMap(instancesOf))];
  }
}
