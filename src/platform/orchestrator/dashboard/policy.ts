import type { AgentType } from '../../../contracts/api/common.ts';
import type { AgentView } from '../../../contracts/api/orchestration.ts';
import type { DashboardResponse, MigrationPlan } from '../../../contracts/api/recommendations.ts';

interface Offer {
  readonly estimated_savings: number;
  readonly plan: Pick<MigrationPlan, 'deployment' | 'replace_instance_ids' | 'keep_instance_ids'>;
}

/**
 * The most that can be had at once: offers that touch the same deployment or instance exclude each other, and the
 * better one counts. Greedy from the highest saving, so the figure never promises more than a possible choice.
 */
export function nonConflictingSavings(offers: readonly Offer[]): number {
  const taken = new Set<string>();
  let sum = 0;
  for (const offer of [...offers].sort((a, b) => b.estimated_savings - a.estimated_savings)) {
    const touched = [
      offer.plan.deployment,
      ...offer.plan.replace_instance_ids,
      ...offer.plan.keep_instance_ids,
    ];
    if (offer.estimated_savings <= 0 || touched.some((resource) => taken.has(resource))) continue;
    for (const resource of touched) taken.add(resource);
    sum += offer.estimated_savings;
  }
  return sum;
}

const RANK: Readonly<Record<AgentView['status'], number>> = { healthy: 0, unreachable: 1, deregistered: 2 };

/** One card a type: its best instance, or `absent`. */
export function agentCards(
  types: readonly AgentType[],
  agents: readonly AgentView[],
): DashboardResponse['agents'] {
  return types.map((agent_type) => {
    const [best] = agents
      .filter((agent) => agent.agent_type === agent_type)
      .sort((a, b) => RANK[a.status] - RANK[b.status]);
    return {
      agent_type,
      status: best?.status ?? 'absent',
      last_heartbeat_at: best?.last_heartbeat_at ?? null,
    };
  });
}
