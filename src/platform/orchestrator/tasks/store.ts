import { sql, type Selectable } from 'kysely';

import type { AgentType } from '../../../contracts/api/common.ts';
import type { AgentTask, AgentTaskResult, TaskView } from '../../../contracts/api/orchestration.ts';
import type { TasksTable } from '../database/operation-rows.ts';
import type { Trx } from '../services.ts';

export type TaskRow = Selectable<TasksTable>;

export interface NewTask {
  readonly agentType: AgentType;
  readonly task: AgentTask;
  /** Internal work waits for an agent as long as it takes; a caller's work does not. */
  readonly internal: boolean;
  readonly analysisId?: string;
  readonly recommendationId?: string;
  readonly optimizationId?: string;
  readonly resolutionId?: string;
}

/** Writes the task in the transaction of what asked for it; notify the topic `tasks` after the commit. */
export async function createTask(trx: Trx, task: NewTask, nowMs: number): Promise<void> {
  await trx
    .insertInto('tasks')
    .values({
      id: task.task.task_id,
      customer_id: task.task.customer_id,
      agent_type: task.agentType,
      type: task.task.type,
      status: 'queued',
      payload: JSON.stringify(task.task),
      internal: task.internal,
      analysis_id: task.analysisId ?? null,
      recommendation_id: task.recommendationId ?? null,
      optimization_id: task.optimizationId ?? null,
      resolution_id: task.resolutionId ?? null,
      created_at: new Date(nowMs),
    })
    .execute();
}

export async function readDueTasks(trx: Trx, nowMs: number, limit: number): Promise<readonly TaskRow[]> {
  return trx
    .selectFrom('tasks')
    .selectAll()
    .where('status', '=', 'queued')
    .where((row) =>
      row.or([row('next_attempt_at', 'is', null), row('next_attempt_at', '<=', new Date(nowMs))]),
    )
    .orderBy('created_at')
    .limit(limit)
    .execute();
}

/** One statement decides who sends it. Undefined: another process was first, or it has ended. */
export async function claimTask(
  trx: Trx,
  taskId: string,
  agentId: string,
  nowMs: number,
): Promise<TaskRow | undefined> {
  return trx
    .updateTable('tasks')
    .set((row) => ({
      status: 'running',
      agent_id: agentId,
      attempts: row('attempts', '+', 1),
      started_at: sql<Date>`coalesce(started_at, ${new Date(nowMs)})`,
      next_attempt_at: null,
    }))
    .where('id', '=', taskId)
    .where('status', '=', 'queued')
    .returningAll()
    .executeTakeFirst();
}

/** True while the attempt that was claimed is still the one in charge; the row stays locked. */
export async function lockRunning(trx: Trx, task: TaskRow): Promise<boolean> {
  const row = await trx
    .selectFrom('tasks')
    .select('id')
    .where('id', '=', task.id)
    .where('status', '=', 'running')
    .where('attempts', '=', task.attempts)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

export async function completeTask(
  trx: Trx,
  taskId: string,
  result: AgentTaskResult,
  nowMs: number,
): Promise<void> {
  await trx
    .updateTable('tasks')
    .set({
      status: 'completed',
      result: JSON.stringify(result),
      error: null,
      finished_at: new Date(nowMs),
    })
    .where('id', '=', taskId)
    .execute();
}

export async function endTask(
  trx: Trx,
  taskId: string,
  status: 'failed' | 'timeout',
  error: string,
  nowMs: number,
): Promise<void> {
  await trx
    .updateTable('tasks')
    .set({ status, error, finished_at: new Date(nowMs) })
    .where('id', '=', taskId)
    .execute();
}

export async function requeueTask(
  trx: Trx,
  task: TaskRow,
  again: { readonly fault: string; readonly atMs: number; readonly countsAsAttempt: boolean },
): Promise<void> {
  await trx
    .updateTable('tasks')
    .set({
      status: 'queued',
      error: again.fault,
      next_attempt_at: new Date(again.atMs),
      attempts: again.countsAsAttempt ? task.attempts : task.attempts - 1,
    })
    .where('id', '=', task.id)
    .execute();
}

/** What a process that died had sent: asked for again under the same id, which an agent works on once. */
export async function resumeRunning(trx: Trx): Promise<number> {
  const result = await trx
    .updateTable('tasks')
    .set({ status: 'queued', next_attempt_at: null, attempts: sql<number>`greatest(attempts - 1, 0)` })
    .where('status', '=', 'running')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

export async function findTask(trx: Trx, taskId: string): Promise<TaskRow | undefined> {
  return trx.selectFrom('tasks').selectAll().where('id', '=', taskId).executeTakeFirst();
}

export function viewTask(row: TaskRow): TaskView {
  return {
    task_id: row.id,
    customer_id: row.customer_id,
    agent_type: row.agent_type,
    type: row.type,
    status: row.status,
    attempts: row.attempts,
    agent_id: row.agent_id,
    result: row.result,
    error: row.error,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}
