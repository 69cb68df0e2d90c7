import type { AgentType } from '../../../contracts/api/common.ts';
import type { AnalyzeResponse } from '../../../contracts/api/recommendations.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { healthyInstances } from '../registry/store.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { chooseInstance } from '../tasks/selection.ts';
import { createTask, type TaskRow } from '../tasks/store.ts';

export interface AnalysisRequest {
  readonly customerId: string;
  readonly agentType: AgentType;
  readonly actor: string;
}
export interface StartedAnalysis extends AnalyzeResponse {
  /** The instance with the least work now; the dispatcher may still choose another. */
  readonly routedToAgent: string;
}

/**
 * Starts an analysis: its row, its task, its event in one transaction.
 * @throws OptiInfraError `NO_HEALTHY_AGENT` when nobody could take it now: a caller's work is not queued for later.
 */
export async function startAnalysis(
  services: OrchestratorServices,
  request: AnalysisRequest,
): Promise<StartedAnalysis> {
  const { customerId, agentType, actor } = request;
  const routedToAgent = await requireHealthyAgent(services, agentType);
  const analysisId = services.ids('anl');
  const taskId = services.ids('tsk');
  const nowMs = services.clock.wallMs();
  await services.database.asCustomer(customerId, async (trx) => {
    await trx
      .insertInto('analyses')
      .values({
        id: analysisId,
        customer_id: customerId,
        agent_type: agentType,
        status: 'started',
        requested_by: actor,
        created_at: new Date(nowMs),
      })
      .execute();
    await createTask(
      trx,
      {
        agentType,
        internal: false,
        analysisId,
        task: { task_id: taskId, type: 'analyze', customer_id: customerId, analysis_id: analysisId },
      },
      nowMs,
    );
    const data = { analysis_id: analysisId, task_id: taskId, agent_type: agentType };
    await services.outbox.publish(trx, { customerId, type: 'analysis.started', data });
    await services.audit.append(trx, {
      customerId,
      actor,
      action: 'analysis.started',
      subject: analysisId,
      data,
    });
  });
  services.flow.signals.notify('tasks');
  return { status: 'started', analysis_id: analysisId, task_id: taskId, routedToAgent };
}

async function requireHealthyAgent(services: OrchestratorServices, agentType: AgentType): Promise<string> {
  const candidates = await services.database.asSystem((trx) => healthyInstances(trx, agentType));
  const chosen = chooseInstance(candidates, {
    breakers: services.flow.breakers,
    inFlight: services.flow.inFlightTasks,
    failedBefore: new Set(),
    nowMs: services.clock.wallMs(),
  });
  if (chosen !== undefined) return chosen.agentId;
  throw new OptiInfraError('NO_HEALTHY_AGENT', `No ${agentType} agent is healthy now; try again later.`);
}

export async function completeAnalysis(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  found: { readonly findings: readonly string[]; readonly recommendationIds: readonly string[] },
): Promise<void> {
  await finish(services, trx, task, {
    status: 'completed',
    findings: JSON.stringify(found.findings),
  });
  await services.outbox.publish(trx, {
    customerId: task.customer_id,
    type: 'analysis.completed',
    data: {
      analysis_id: task.analysis_id,
      agent_type: task.agent_type,
      recommendation_ids: found.recommendationIds,
      findings: found.findings,
    },
  });
}

export async function failAnalysis(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  error: string,
): Promise<void> {
  await finish(services, trx, task, { status: 'failed', error });
  await services.outbox.publish(trx, {
    customerId: task.customer_id,
    type: 'analysis.failed',
    data: { analysis_id: task.analysis_id, agent_type: task.agent_type, error },
  });
}

async function finish(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  end:
    | { readonly status: 'completed'; readonly findings: string }
    | { readonly status: 'failed'; readonly error: string },
): Promise<void> {
  await trx
    .updateTable('analyses')
    .set({ ...end, finished_at: new Date(services.clock.wallMs()) })
    .where('id', '=', task.analysis_id ?? '')
    .execute();
}
