import type { AgentType } from '../../../contracts/api/common.ts';
import type { AnalysisTrigger } from '../../../contracts/api/orchestration.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { createTask } from '../tasks/store.ts';

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
  { customerId, agentType, trigger }: InternalAnalysis,
): Promise<string> {
  const analysisId = services.ids('anl');
  const taskId = services.ids('tsk');
  const nowMs = services.clock.wallMs();
  await trx
    .insertInto('analyses')
    .values({
      id: analysisId,
      customer_id: customerId,
      agent_type: agentType,
      status: 'started',
      requested_by: 'service',
      trigger: JSON.stringify(trigger),
      world_created_at: new Date(services.clock.worldMs()),
      created_at: new Date(nowMs),
    })
    .execute();
  const task = {
    task_id: taskId,
    type: 'analyze',
    customer_id: customerId,
    analysis_id: analysisId,
    trigger,
  } as const;
  await createTask(trx, { agentType, internal: true, analysisId, task }, nowMs);
  const data = { analysis_id: analysisId, task_id: taskId, agent_type: agentType, trigger };
  await services.outbox.publish(trx, { customerId, type: 'analysis.started', data });
  await services.audit.append(trx, {
    customerId,
    actor: 'service',
    action: 'analysis.started',
    subject: analysisId,
    data,
  });
  return analysisId;
}
