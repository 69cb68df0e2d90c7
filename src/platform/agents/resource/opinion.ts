import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import type { ValidationDraft } from '../../../contracts/api/orchestration.ts';
import type { MigrationPlan } from '../../../contracts/api/recommendations.ts';
import { approve, approveIf, veto } from '../kit/opinion.ts';
import type { GpuStatistics } from '../kit/telemetry/types.ts';
import { isUnderused, peakDemand, type Utilisation } from './utilisation.ts';

/** Demand at the P95 minute with one node missing: above the first a condition, above the second no. */
const TIGHT_DEMAND = 0.75;
const OVERLOAD_DEMAND = 0.9;

/** Does the plan fit what the machines are used for? */
export function judgeUtilisation(
  utilisation: Utilisation,
  plan: MigrationPlan,
  slo: ServiceLevelObjective,
): ValidationDraft {
  if (utilisation.kind === 'unknown') return veto({ reasons: [utilisation.reason], figures: {} });
  if (utilisation.kind === 'idle') {
    const reasons = [
      `${plan.deployment} is idle (GPU ${percent(utilisation.gpu.utilizationMean)}, no request for an hour): shut it down instead.`,
    ];
    return veto({ reasons, figures: gpuFigures(utilisation.gpu) });
  }
  const { observation, demand, gpu } = utilisation;
  const nodes = observation.instances.length;
  const after = nodes - plan.replace_instance_ids.length + plan.spot_nodes.length;
  const now = peakDemand(observation, demand, nodes);
  if (after < 2) {
    return veto({
      reasons: [`${after} node after the change: none would be left when it is missing`],
      figures: {},
    });
  }
  const missing = peakDemand(observation, demand, after - 1);
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
  if (isUnderused(observation, demand, slo)) {
    return approveIf(`${nodes - 1} nodes would do: right-size after the migration.`, { reasons, figures });
  }
  return approve({ reasons, figures });
}

function gpuFigures(gpu: GpuStatistics): Record<string, number> {
  return {
    gpu_utilization_share_mean: gpu.utilizationMean,
    gpu_utilization_share_p95: gpu.utilizationP95,
    gpu_memory_utilization_share_mean: gpu.memoryUtilizationMean,
    gpu_samples_count: gpu.samples,
  };
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
