import type { AgentTaskResult } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { findRecommendation } from '../recommendations/store.ts';
import { viewRecommendations } from '../recommendations/views.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { createTask, type TaskRow } from '../tasks/store.ts';
import { forecastError, isTerminal } from './policy.ts';
import { viewOptimization, type OptimizationRow } from './store.ts';

/** Keeps prediction and measurement side by side, and asks the cost agent to learn from them if anything was done. */
export async function recordOutcome(
  services: OrchestratorServices,
  trx: Trx,
  row: OptimizationRow,
): Promise<void> {
  const found = await findRecommendation(trx, row.recommendation_id);
  const [recommendation] = found === undefined ? [] : await viewRecommendations(trx, [found]);
  if (recommendation === undefined) {
    throw new OptiInfraError('INTERNAL', `Optimization ${row.id} has no recommendation.`);
  }
  const predicted = recommendation.estimated_savings;
  const measured = row.actual_savings_usd_per_month;
  await trx
    .insertInto('outcomes')
    .values({
      id: services.ids('out'),
      customer_id: row.customer_id,
      optimization_id: row.id,
      recommendation_id: row.recommendation_id,
      status: row.status,
      predicted_savings_usd_per_month: predicted,
      measured_savings_usd_per_month: measured,
      forecast_error: forecastError(predicted, measured) ?? null,
      created_at: new Date(services.clock.wallMs()),
    })
    .execute();
  if (row.started_at === null) return;
  const task = {
    task_id: services.ids('tsk'),
    type: 'learn' as const,
    customer_id: row.customer_id,
    recommendation,
    optimization: await viewOptimization(trx, row),
  };
  await createTask(
    trx,
    { agentType: 'cost', internal: true, optimizationId: row.id, task },
    services.clock.wallMs(),
  );
}

/** The cost agent has stored the pattern. */
export async function recordLesson(
  services: OrchestratorServices,
  trx: Trx,
  task: TaskRow,
  lesson: Extract<AgentTaskResult, { type: 'learn' }>,
): Promise<void> {
  const outcome = await trx
    .updateTable('outcomes')
    .set({ pattern_id: lesson.pattern_id, features: JSON.stringify(lesson.features) })
    .where('optimization_id', '=', task.optimization_id ?? '')
    .returningAll()
    .executeTakeFirst();
  if (outcome === undefined || !isTerminal(outcome.status)) {
    throw new OptiInfraError('NOT_FOUND', `Task ${task.id} learned from no known outcome.`);
  }
  const data = {
    optimization_id: outcome.optimization_id,
    outcome_id: outcome.id,
    pattern_id: lesson.pattern_id,
    predicted_savings: outcome.predicted_savings_usd_per_month,
    measured_savings: outcome.measured_savings_usd_per_month,
    forecast_error: outcome.forecast_error,
  };
  await services.outbox.publish(trx, {
    customerId: task.customer_id,
    type: 'optimization.learned',
    data,
  });
  await services.audit.append(trx, {
    customerId: task.customer_id,
    actor: 'agent',
    action: 'optimization.learned',
    subject: outcome.optimization_id,
    data,
  });
}
