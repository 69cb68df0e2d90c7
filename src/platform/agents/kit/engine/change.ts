import { isDeepStrictEqual } from 'node:util';

import type { OptimizationPlan } from '../../../../contracts/api/recommendations.ts';
import type { DeploymentObservation } from '../observation/observe-deployment.ts';
import { nodesAfter } from '../plans.ts';
import { acceleratorsOf, equalTypes } from './accelerators.ts';
import { describeMode } from './quantization.ts';
import { reconfigure } from './reconfigure.ts';

/** What a deployment becomes by a plan: how its nodes then serve, and how many there are. */
export type Change =
  | {
      readonly ok: true;
      readonly after: DeploymentObservation;
      /** `after` under the extremes of what is not measured. */
      readonly bounds: readonly DeploymentObservation[];
      readonly nodes: number;
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly reasons: readonly string[] };

export function changeBy(
  plan: OptimizationPlan,
  present: DeploymentObservation,
  instanceType: string,
): Change {
  const nodes = nodesAfter(plan, present.instances.length);
  const same: Change = { ok: true, after: present, bounds: [], nodes, notes: [] };
  switch (plan.kind) {
    case 'spot_migration':
    case 'scale_in':
    case 'replacement':
      return same;
    case 'placement':
      return equalTypes(instanceType).includes(plan.target.instance_type)
        ? same
        : { ok: false, reasons: [differentHardware(instanceType, plan.target.instance_type)] };
    case 'configuration_change':
      return reconfigured(plan, present, instanceType, nodes);
    case 'hybrid': {
      const configuration = plan.parts.find((part) => part.kind === 'configuration_change');
      if (configuration === undefined) return same;
      return reconfigured(configuration, present, instanceType, nodes);
    }
  }
}

function differentHardware(from: string, to: string): string {
  const name = (type: string): string => `${type} (${acceleratorsOf(type)?.gpu ?? 'unknown GPUs'})`;
  return `what was measured on ${name(from)} tells nothing about ${name(to)}`;
}

function reconfigured(
  { from, to }: Extract<OptimizationPlan, { kind: 'configuration_change' }>,
  present: DeploymentObservation,
  instanceType: string,
  nodes: number,
): Change {
  if (!isDeepStrictEqual({ ...from }, { ...present.deployment.engine_configuration })) {
    return { ok: false, reasons: ['the plan starts from another configuration than the present one'] };
  }
  const result = reconfigure(present, instanceType, to);
  if (!result.ok) return result;
  const { observation: after, bounds, mode, refused } = result;
  return { ok: true, after, bounds, nodes, notes: [`Runs as ${describeMode(mode)}.`, ...refused] };
}
