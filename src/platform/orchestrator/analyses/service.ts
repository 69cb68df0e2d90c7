import type { AgentType } from '../../../contracts/api/common.ts';
import type { AnalysisTrigger } from '../../../contracts/api/orchestration.ts';
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
  const opened = await services.database.asCustomer(customerId, (trx) =>
    openAnalysis(services, trx, { customerId, agentType, actor, trigger: null }),
  );
  services.flow.signals.notify('tasks');
  return { status: 'started', analysis_id: opened.analysisId, task_id: opened.taskId, routedToAgent };
}

export interface AnalysisOpening extends AnalysisRequest {
  /** Null: a caller asked, and has an agent to take it. Else internal work, which waits for one. */
  readonly trigger: AnalysisTrigger | null;
}

/** Writes an analysis, its task and its event into the caller's transaction; notify the topic `tasks` after the commit. */
export async function openAnalysis(
  services: OrchestratorServices,
  trx: Trx,
  { customerId, agentType, actor, trigger }: AnalysisOpening,
): Promise<{ readonly analysisId: string; readonly taskId: string }> {
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
      requested_by: actor,
      trigger: trigger === null ? null : JSON.stringify(trigger),
      created_at: new Date(nowMs),
      world_created_at: new Date(services.clock.worldMs()),
    })
    .execute();
  const task = {
    task_id: taskId,
    type: 'analyze' as const,
    customer_id: customerId,
    analysis_id: analysisId,
    trigger,
  };
  await createTask(trx, { agentType, internal: trigger !== null, analysisId, task }, nowMs);
  const data = { analysis_id: analysisId, task_id: taskId, agent_type: agentType, trigger };
  await services.outbox.publish(trx, { customerId, type: 'analysis.started', data });
  await services.audit.append(trx, {
    customerId,
    actor,
    action: 'analysis.started',
    subject: analysisId,
    data,
  });
  return { analysisId, taskId };
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
