import type { AgentType } from '../../../contracts/api/common.ts';
import type { AnalysisTrigger } from '../../../contracts/api/orchestration.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { openAnalysis } from './service.ts';

export interface InternalAnalysis {
  readonly customerId: string;
  readonly agentType: AgentType;
  readonly trigger: AnalysisTrigger;
}

/**
 * Starts an analysis nobody asked for, in the transaction of what gave rise to it. It waits for an agent as long as it
 * takes. Notify the topic `tasks` after the commit.
 * @returns the id of the analysis.
 */
export async function startInternalAnalysis(
  services: OrchestratorServices,
  trx: Trx,
  analysis: InternalAnalysis,
): Promise<string> {
  return (await openAnalysis(services, trx, { ...analysis, actor: 'service' })).analysisId;
}
