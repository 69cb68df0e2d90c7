import { TASK_TIME_LIMIT_MS, type HybridSolution } from '../../../contracts/api/orchestration.ts';
import type { Recommendation } from '../../../contracts/api/recommendations.ts';
import { healthyInstances } from '../registry/store.ts';
import type { OrchestratorServices } from '../services.ts';
import { createTask, findTask, type TaskRow } from '../tasks/store.ts';
import type { Negotiation } from './strategy.ts';

const LOOK_EVERY_MS = 100;

/**
 * Asks the performance agent for a hybrid of these recommendations and waits for the answer as long as a task may take.
 * Whatever goes wrong is a reason, never an error: there are other strategies.
 */
export async function negotiate(
  services: OrchestratorServices,
  customerId: string,
  recommendations: readonly Recommendation[],
): Promise<Negotiation & { readonly agentId: string | null }> {
  const present = await services.database.asSystem((trx) => healthyInstances(trx, 'performance'));
  if (present.length === 0) return none('No performance agent is there to negotiate with.');
  const taskId = services.ids('tsk');
  await services.database.asCustomer(customerId, (trx) =>
    createTask(
      trx,
      {
        agentType: 'performance',
        internal: false,
        task: { task_id: taskId, type: 'negotiate', customer_id: customerId, recommendations },
      },
      services.clock.wallMs(),
    ),
  );
  services.flow.signals.notify('tasks');
  const task = await awaitEnd(services, customerId, taskId);
  if (task?.result?.type !== 'negotiate') {
    return none(`The performance agent gave no answer: ${task?.error ?? 'it took too long'}.`);
  }
  const { hybrid, reasons } = task.result;
  const misfit = hybrid === null ? undefined : misfitOf(hybrid, recommendations);
  if (misfit !== undefined) return none(`The hybrid was not taken up: ${misfit}.`);
  return { hybrid, reasons, agentId: task.agent_id };
}

const none = (reason: string) => ({ hybrid: null, reasons: [reason], agentId: null });

async function awaitEnd(
  services: OrchestratorServices,
  customerId: string,
  taskId: string,
): Promise<TaskRow | undefined> {
  const deadline = services.clock.monotonicMs() + TASK_TIME_LIMIT_MS;
  while (services.clock.monotonicMs() < deadline) {
    // Listening starts before the look, so that an end between the two is not slept through.
    const woken = services.flow.signals.wait('tasks', LOOK_EVERY_MS);
    const task = await services.database.asCustomer(customerId, (trx) => findTask(trx, taskId));
    if (task !== undefined && task.finished_at !== null) return task;
    await woken;
  }
  return undefined;
}

/** A hybrid is made of what is in conflict, on the deployment they share; anything else is not an answer to the question. */
function misfitOf({ plan }: HybridSolution, recommendations: readonly Recommendation[]): string | undefined {
  const stranger = plan.recommendation_ids.find((id) => !recommendations.some((item) => item.id === id));
  if (stranger !== undefined) return `${stranger} is not among the recommendations`;
  const elsewhere = recommendations.find(
    (item) => plan.recommendation_ids.includes(item.id) && item.plan.deployment !== plan.deployment,
  );
  if (elsewhere !== undefined) return `${elsewhere.id} concerns another deployment`;
  const astray = plan.parts.find(({ deployment }) => deployment !== plan.deployment);
  return astray === undefined ? undefined : `a part of it concerns ${astray.deployment}`;
}
