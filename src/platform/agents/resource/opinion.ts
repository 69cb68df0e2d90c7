import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import type { ValidationDraft } from '../../../contracts/api/orchestration.ts';
import type { OptimizationPlan } from '../../../contracts/api/recommendations.ts';
import { changeBy } from '../kit/engine/change.ts';
import { changesSpeed } from '../kit/engine/reconfigure.ts';
import { commonTypeOf } from '../kit/observation/instance-type.ts';
import { approve, approveIf, veto } from '../kit/opinion.ts';
import { gpuFigures, percent } from './figures.ts';
import { isUnderused, peakDemand, type Utilisation } from './utilisation.ts';

/** Demand at the P95 minute with one node missing: above the first a condition, above the second no. */
const TIGHT_DEMAND = 0.75;
const OVERLOAD_DEMAND = 0.9;

/** Does the plan fit what the machines are used for? */
export function judgeUtilisation(
  utilisation: Utilisation,
  plan: OptimizationPlan,
  slo: ServiceLevelObjective,
): ValidationDraft {
  const unasked = judgeWithoutUse(plan);
  if (unasked !== null) return unasked;
  if (utilisation.kind === 'unknown') return veto({ reasons: [utilisation.reason], figures: {} });
  return utilisation.kind === 'idle' ? judgeIdle(utilisation, plan) : judgeBusy(utilisation, plan, slo);
}

/** Plans that leave the use of machines as it is, whatever it is. */
function judgeWithoutUse(plan: OptimizationPlan): ValidationDraft | null {
  if (plan.kind === 'replacement') {
    const reasons = ['One equal node for one that goes: no machine more or less.'];
    return approve({ reasons, figures: { nodes_replaced_count: 1 } });
  }
  if (plan.kind === 'configuration_change' && !changesSpeed(plan.from, plan.to)) {
    const reasons = ['The same nodes do the same work with another revision or template.'];
    return approve({ reasons, figures: { nodes_changed_count: plan.instance_ids.length } });
  }
  return null;
}

function judgeIdle({ gpu }: Extract<Utilisation, { kind: 'idle' }>, plan: OptimizationPlan): ValidationDraft {
  const idle = `GPU ${percent(gpu.utilizationMean)}, no request for an hour`;
  const figures = gpuFigures(gpu);
  return plan.kind === 'scale_in' && plan.reason === 'idle'
    ? approve({ reasons: [`${plan.deployment} is idle indeed (${idle}).`], figures })
    : veto({ reasons: [`${plan.deployment} is idle (${idle}): shut it down instead.`], figures });
}

function judgeBusy(
  utilisation: Extract<Utilisation, { kind: 'busy' }>,
  plan: OptimizationPlan,
  slo: ServiceLevelObjective,
): ValidationDraft {
  const { observation, demand, gpu } = utilisation;
  const refuse = (...reasons: string[]): ValidationDraft => veto({ reasons, figures: {} });
  if (plan.kind === 'scale_in' && plan.reason === 'idle') {
    return refuse(`${plan.deployment} is not idle: ${demand.requests} requests in ${demand.minutes} minutes`);
  }
  const instanceType = commonTypeOf(observation);
  if (instanceType === null) return refuse(`the nodes of ${plan.deployment} have no common forecast`);
  const change = changeBy(plan, observation, instanceType);
  if (!change.ok) return refuse(...change.reasons);
  const nodes = observation.instances.length;
  const { nodes: after } = change;
  if (after < 2) return refuse(`${after} node after the change: none would be left when it is missing`);
  const now = peakDemand(observation, demand, nodes);
  const missing = peakDemand(change.after, demand, after - 1);
  const figures = {
    ...gpuFigures(gpu),
    peak_demand_share: now,
    peak_demand_share_one_node_missing: missing,
    request_rate_per_second_p95: demand.requestsPerSecondP95,
    observed_minutes_count: demand.minutes,
    nodes_after_count: after,
  };
  const reasons = [
    `Demand at the P95 minute is ${percent(now)} of ${nodes} nodes and ${percent(missing)} of ${after - 1}, over ${demand.minutes} minutes.`,
    `GPUs read ${percent(gpu.utilizationMean)} busy (${gpu.samples} samples), which is not load by itself.`,
  ];
  if (missing > OVERLOAD_DEMAND) return veto({ reasons, figures });
  if (missing > TIGHT_DEMAND) return approveIf('A lost node is replaced at once.', { reasons, figures });
  if (after >= nodes && isUnderused(observation, demand, slo)) {
    return approveIf(`${nodes - 1} nodes would do: right-size after the change.`, { reasons, figures });
  }
  return approve({ reasons, figures });
}
