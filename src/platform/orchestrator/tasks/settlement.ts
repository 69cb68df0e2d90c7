import { describeError, OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import type { Delivery } from './delivery.ts';
import type { TaskOutcomes } from './outcomes.ts';
import { nextMove } from './retry.ts';
import { completeTask, endTask, lockRunning, requeueTask, type TaskRow } from './store.ts';

const STORE_RETRY_MS = 500;

/** Records how a delivery ended, with everything that follows from it. Waits for the database when it is away. */
export async function settleTask(
  services: OrchestratorServices,
  outcomes: TaskOutcomes,
  task: TaskRow,
  delivery: Delivery,
  stopping: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await services.database.asSystem((trx) => settle(services, outcomes, trx, task, delivery));
      // A completed task may have asked for others, a failed one is due again.
      services.flow.signals.notify('tasks');
      services.flow.signals.notify('deliveries');
      return;
    } catch (error) {
      const away = error instanceof OptiInfraError && error.code === 'DEPENDENCY_UNAVAILABLE';
      if (!away) {
        await failUnusable(services, outcomes, task, error);
        return;
      }
      await services.clock.sleepWall(STORE_RETRY_MS, stopping);
    }
  }
}

async function settle(
  services: OrchestratorServices,
  outcomes: TaskOutcomes,
  trx: Trx,
  task: TaskRow,
  delivery: Delivery,
): Promise<void> {
  // Another process may have resumed the task meanwhile: one of the two answers counts.
  if (!(await lockRunning(trx, task))) return;
  const nowMs = services.clock.wallMs();
  if (delivery.kind === 'answered') {
    await completeTask(trx, task.id, delivery.answer.result, nowMs);
    await outcomes.completed(trx, task, delivery.answer.result);
    return;
  }
  const move = nextMove(delivery, task.attempts);
  if (move.kind === 'retry') {
    await requeueTask(trx, task, {
      fault: delivery.fault,
      atMs: nowMs + move.afterMs,
      countsAsAttempt: move.countsAsAttempt,
    });
  } else if (move.kind === 'end') {
    await endTask(trx, task.id, move.status, delivery.fault, nowMs);
    await outcomes.ended(trx, task, move.status, delivery.fault);
  }
}

/** The answer fits its schema, yet what follows from it was refused: asking again would not help. */
async function failUnusable(
  services: OrchestratorServices,
  outcomes: TaskOutcomes,
  task: TaskRow,
  cause: unknown,
): Promise<void> {
  services.logger.error({ err: cause, task_id: task.id }, 'the answer of a task could not be used');
  const error = `the answer could not be used: ${describeError(cause)}`;
  await services.database.asSystem(async (trx) => {
    if (!(await lockRunning(trx, task))) return;
    await endTask(trx, task.id, 'failed', error, services.clock.wallMs());
    await outcomes.ended(trx, task, 'failed', error);
  });
}
