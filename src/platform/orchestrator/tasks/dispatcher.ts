import { TASK_TIME_LIMIT_MS } from '../../../contracts/api/orchestration.ts';
import type { AgentType } from '../../../contracts/api/common.ts';
import { startLoop, type Loop } from '../loops.ts';
import { healthyInstances } from '../registry/store.ts';
import type { OrchestratorServices } from '../services.ts';
import { breakerOf, chooseInstance, type Candidate } from './selection.ts';
import { onFailure, onSend, onSuccess } from './breaker.ts';
import { deliverTask, type Delivery } from './delivery.ts';
import type { TaskOutcomes } from './outcomes.ts';
import { settleTask } from './settlement.ts';
import { claimTask, endTask, readDueTasks, resumeRunning, type TaskRow } from './store.ts';

export interface DispatcherOptions {
  /** Wall milliseconds an agent has for a task. */
  readonly timeLimitMs?: number;
}

const LOOK_EVERY_MS = 250;
const TASKS_A_ROUND = 50;

/** Sends queued tasks to healthy agents until stopped; what a dead process had under way is taken up first. */
export function startTaskDispatcher(
  services: OrchestratorServices,
  outcomes: TaskOutcomes,
  options: DispatcherOptions = {},
): Loop {
  const dispatcher = new Dispatcher(services, outcomes, options.timeLimitMs ?? TASK_TIME_LIMIT_MS);
  const loop = startLoop(services, {
    name: 'tasks',
    topic: 'tasks',
    intervalMs: LOOK_EVERY_MS,
    round: () => dispatcher.round(),
  });
  return {
    stop: async () => {
      await loop.stop();
      await dispatcher.stop();
    },
  };
}

class Dispatcher {
  readonly #services: OrchestratorServices;
  readonly #outcomes: TaskOutcomes;
  readonly #timeLimitMs: number;
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();
  /** Instances that failed a task, so that its next attempt prefers another. */
  readonly #failedBefore = new Map<string, Set<string>>();
  #resumed = false;

  constructor(services: OrchestratorServices, outcomes: TaskOutcomes, timeLimitMs: number) {
    this.#services = services;
    this.#outcomes = outcomes;
    this.#timeLimitMs = timeLimitMs;
  }

  async round(): Promise<void> {
    const { database, clock, logger } = this.#services;
    if (!this.#resumed) {
      const resumed = await database.asSystem(resumeRunning);
      if (resumed > 0) logger.info({ resumed }, 'took up the tasks of an earlier process');
      this.#resumed = true;
    }
    const due = await database.asSystem((trx) => readDueTasks(trx, clock.wallMs(), TASKS_A_ROUND));
    if (due.length === 0) return;
    const instances = await this.#instancesFor(new Set(due.map(({ agent_type }) => agent_type)));
    for (const task of due) await this.#send(task, instances.get(task.agent_type) ?? []);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay.values());
  }

  async #instancesFor(types: ReadonlySet<AgentType>): Promise<Map<AgentType, readonly Candidate[]>> {
    return this.#services.database.asSystem(async (trx) => {
      const found = new Map<AgentType, readonly Candidate[]>();
      for (const type of types) found.set(type, await healthyInstances(trx, type));
      return found;
    });
  }

  async #send(task: TaskRow, candidates: readonly Candidate[]): Promise<void> {
    const { flow, clock, database } = this.#services;
    const nowMs = clock.wallMs();
    const chosen = chooseInstance(candidates, {
      breakers: flow.breakers,
      inFlight: flow.inFlightTasks,
      failedBefore: this.#failedBefore.get(task.id) ?? new Set(),
      nowMs,
    });
    if (chosen === undefined) return this.#giveUpWhenLate(task, nowMs);
    const claimed = await database.asSystem((trx) => claimTask(trx, task.id, chosen.agentId, nowMs));
    if (claimed === undefined) return;
    flow.breakers.set(chosen.agentId, onSend(breakerOf(flow.breakers, chosen.agentId), nowMs));
    this.#count(chosen.agentId, 1);
    const work = this.#perform(claimed, chosen).finally(() => this.#underWay.delete(claimed.id));
    this.#underWay.set(claimed.id, work);
  }

  /** A caller's task that no agent could take in the time an answer may last has failed; internal work waits on. */
  async #giveUpWhenLate(task: TaskRow, nowMs: number): Promise<void> {
    if (task.internal || nowMs - task.created_at.getTime() < this.#timeLimitMs) return;
    const error = task.error ?? `no healthy ${task.agent_type} agent`;
    await this.#services.database.asSystem(async (trx) => {
      await endTask(trx, task.id, 'failed', error, nowMs);
      await this.#outcomes.ended(trx, task, 'failed', error);
    });
  }

  async #perform(task: TaskRow, agent: Candidate): Promise<void> {
    const { logger, agentKey } = this.#services;
    try {
      const delivery = await deliverTask(task, {
        endpoint: agent.endpoint,
        agentKey,
        limitMs: this.#timeLimitMs,
        stopping: this.#stopping.signal,
      });
      this.#judgeInstance(task, agent, delivery);
      await settleTask(this.#services, this.#outcomes, task, delivery, this.#stopping.signal);
      if (delivery.kind === 'answered') this.#failedBefore.delete(task.id);
    } catch (error) {
      // Stopping: the row stays `running` and the next process resumes it.
      if (!this.#stopping.signal.aborted)
        logger.error({ err: error, task_id: task.id }, 'a task was not settled');
    } finally {
      this.#count(agent.agentId, -1);
    }
  }

  #judgeInstance(task: TaskRow, agent: Candidate, delivery: Delivery): void {
    const { flow, clock, logger } = this.#services;
    if (delivery.kind === 'answered') {
      flow.breakers.set(agent.agentId, onSuccess());
      return;
    }
    logger.warn({ task_id: task.id, agent_id: agent.agentId, fault: delivery.fault }, 'an attempt failed');
    flow.breakers.set(agent.agentId, onFailure(breakerOf(flow.breakers, agent.agentId), clock.wallMs()));
    const failed = this.#failedBefore.get(task.id) ?? new Set();
    this.#failedBefore.set(task.id, failed.add(agent.agentId));
  }

  #count(agentId: string, change: number): void {
    const { inFlightTasks } = this.#services.flow;
    inFlightTasks.set(agentId, (inFlightTasks.get(agentId) ?? 0) + change);
  }
}
