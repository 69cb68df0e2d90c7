import type { AgentTaskResult } from '../../../contracts/api/orchestration.ts';
import type { Trx } from '../services.ts';
import type { TaskRow } from './store.ts';

/** What follows from the end of a task, in the transaction that records it: both happen or neither. */
export interface TaskOutcomes {
  /** `task.agent_id` is the registered instance that answered. */
  completed(trx: Trx, task: TaskRow, result: AgentTaskResult): Promise<void>;
  ended(trx: Trx, task: TaskRow, status: 'failed' | 'timeout', error: string): Promise<void>;
}
