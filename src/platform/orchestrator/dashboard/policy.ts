import type { AgentType } from '../../../contracts/api/common.ts';
import type { AgentView } from '../../../contracts/api/orchestration.ts';
import type { DashboardResponse, Recommendation } from '../../../contracts/api/recommendations.ts';
import { sharedResource } from '../conflicts/contradictions.ts';

type Offer = Pick<Recommendation, 'estimated_savings' | 'plan'>;

/**
 * The most that can be had at once: of offers that are in conflict the better one counts. Greedy from the highest
 * saving, so the figure never promises more than a possible choice.
 */
export function nonConflictingSavings(offers: readonly Offer[]): number {
  const taken: Offer[] = [];
  for (const offer of [...offers].sort((a, b) => b.estimated_savings - a.estimated_savings)) {
    const conflicts = taken.some(({ plan }) => sharedResource(plan, offer.plan) !== undefined);
    if (offer.estimated_savings > 0 && !conflicts) taken.push(offer);
  }
  return taken.reduce((sum, { estimated_savings }) => sum + estimated_savings, 0);
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
