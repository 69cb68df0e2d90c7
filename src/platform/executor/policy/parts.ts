import type { OptimizationPlan, StepName } from '../../../contracts/api/recommendations.ts';
import {
  CONFIGURATION_STEPS,
  MIGRATION_STEPS,
  PLACEMENT_STEPS,
} from '../../../contracts/api/recommendations.ts';
import type { NodeGroup } from '../contract.ts';

export type PlanPart = Exclude<OptimizationPlan, { kind: 'hybrid' }>;
export type MovePlan = Extract<PlanPart, { kind: 'spot_migration' | 'placement' }>;

/** The parts of a plan, in the order of their execution. */
export function partsOf(plan: OptimizationPlan): readonly PlanPart[] {
  return plan.kind === 'hybrid' ? plan.parts : [plan];
}

/** Names of a move's steps by what they do. */
export interface MoveSteps {
  readonly create: StepName;
  readonly canary: StepName;
  readonly validateCanary: StepName;
  readonly half: StepName;
  readonly validateHalf: StepName;
  readonly full: StepName;
  readonly terminate: StepName;
}

export function moveStepsOf({ kind }: MovePlan): MoveSteps {
  const [create, canary, validateCanary, half, validateHalf, full, terminate] =
    kind === 'placement' ? PLACEMENT_STEPS : MIGRATION_STEPS;
  return { create, canary, validateCanary, half, validateHalf, full, terminate };
}

/** The nodes a move makes. Without spot capacity a migration stays on demand as it is, hence no zone for that. */
export function targetGroup(plan: MovePlan, likeInstanceIds: readonly string[]): NodeGroup {
  const common = { name: 'new', onDemandZone: null, likeInstanceIds };
  if (plan.kind === 'spot_migration') {
    return {
      ...common,
      place: { provider: plan.provider, region: plan.region },
      instanceType: plan.instance_type,
      lifecycle: 'spot',
      zones: plan.spot_nodes.map(({ zone }) => zone),
      fallbackZones: plan.fallback_zones,
    };
  }
  const { provider, region, instance_type: instanceType, lifecycle, nodes } = plan.target;
  return {
    ...common,
    place: { provider, region },
    instanceType,
    lifecycle,
    zones: nodes.map(({ zone }) => zone),
    fallbackZones: [],
  };
}

/** Steps in which a configuration goes out, in order, as pairs of change and judgement. */
export const CONFIGURATION_PAIRS = [
  { change: CONFIGURATION_STEPS[0], judge: CONFIGURATION_STEPS[1] },
  { change: CONFIGURATION_STEPS[2], judge: CONFIGURATION_STEPS[3] },
  { change: CONFIGURATION_STEPS[4], judge: CONFIGURATION_STEPS[5] },
] as const;
