import { createHash } from 'node:crypto';

import type { AgentTask, AgentTaskAnswer } from '../../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../../support/errors.ts';

interface Entry {
  readonly fingerprint: string;
  readonly answer: Promise<AgentTaskAnswer>;
}

const REMEMBERED_TASKS = 1_000;

/**
 * Makes a task's work happen once: who asks again with the same id, even while it runs, gets the same answer. A failed
 * attempt is forgotten, so that the next one may succeed; what a task writes is keyed by its subject, not by the attempt.
 */
export class TaskLedger {
  readonly #entries = new Map<string, Entry>();
  #running = 0;

  get running(): number {
    return this.#running;
  }

  run(task: AgentTask, work: () => Promise<AgentTaskAnswer>): Promise<AgentTaskAnswer> {
    const fingerprint = createHash('sha256').update(JSON.stringify(task)).digest('hex');
    const known = this.#entries.get(task.task_id);
    if (known === undefined) return this.#start(task.task_id, fingerprint, work);
    if (known.fingerprint === fingerprint) return known.answer;
    throw new OptiInfraError('IDEMPOTENCY_MISMATCH', `task ${task.task_id} was asked with another body`);
  }

  #start(
    taskId: string,
    fingerprint: string,
    work: () => Promise<AgentTaskAnswer>,
  ): Promise<AgentTaskAnswer> {
    this.#running += 1;
    const answer = work()
      .catch((error: unknown) => {
        this.#entries.delete(taskId);
        throw error;
      })
      .finally(() => {
        this.#running -= 1;
      });
    this.#entries.set(taskId, { fingerprint, answer });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > REMEMBERED_TASKS && !oldest.done) this.#entries.delete(oldest.value);
    return answer;
  }
}
