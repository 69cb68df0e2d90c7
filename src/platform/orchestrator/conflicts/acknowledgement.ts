import type { AgentType } from '../../../contracts/api/common.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import type { TaskRow } from '../tasks/store.ts';

/** An agent has taken note of what was carried out. */
export async function recordAcknowledgement(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
): Promise<void> {
  await services.audit.append(trx, {
    customerId: task.customer_id,
    actor: 'agent',
    action: 'resolution.acknowledged',
    subject: task.resolution_id ?? '',
    data: { agent_type: task.agent_type, agent_id: task.agent_id },
  });
}

/** Which agents have taken note of a resolution so far. */
export async function acknowledgedBy(trx: Trx, resolutionId: string): Promise<readonly AgentType[]> {
  const rows = await trx
    .selectFrom('tasks')
    .select('agent_type')
    .where('resolution_id', '=', resolutionId)
    .where('status', '=', 'completed')
    .orderBy('agent_type')
    .execute();
  return rows.map(({ agent_type }) => agent_type);
}
