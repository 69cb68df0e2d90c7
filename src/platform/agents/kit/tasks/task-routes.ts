import { createHash, timingSafeEqual } from 'node:crypto';

import type {
  AgentTask,
  AgentTaskAnswer,
  AgentTaskResult,
  TaskType,
} from '../../../../contracts/api/orchestration.ts';
import type { Clock } from '../../../../support/clock.ts';
import { OptiInfraError } from '../../../../support/errors.ts';
import type { Logger } from '../../../../support/logging.ts';
import type { PlatformServer } from '../../../kit/server.ts';
import type { TaskLedger } from './task-ledger.ts';
import { agentTask } from './task-schema.ts';

export type TaskOf<Type extends TaskType> = Extract<AgentTask, { type: Type }>;
export type ResultOf<Type extends TaskType> = Extract<AgentTaskResult, { type: Type }>;

/** What an agent does with each kind of task; learning and negotiating only where they belong. */
export interface TaskHandlers {
  analyze(task: TaskOf<'analyze'>): Promise<ResultOf<'analyze'>>;
  validate(task: TaskOf<'validate'>): Promise<ResultOf<'validate'>>;
  learn?(task: TaskOf<'learn'>): Promise<ResultOf<'learn'>>;
  negotiate?(task: TaskOf<'negotiate'>): Promise<ResultOf<'negotiate'>>;
}

export interface TaskRouteOptions {
  readonly handlers: TaskHandlers;
  readonly agentKey: string;
  readonly ledger: TaskLedger;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info'>;
  /** Null until the orchestrator has registered this agent. */
  readonly agentId: () => string | null;
}

export function addTaskRoutes(server: PlatformServer, options: TaskRouteOptions): void {
  server.post(
    '/tasks',
    {
      schema: { body: agentTask },
      // Before the body is looked at: a stranger learns nothing about the schema.
      onRequest: async (request) => {
        requireKey(request.headers.authorization, options.agentKey);
      },
    },
    async (request) => options.ledger.run(request.body, () => work(request.body, options)),
  );
}

/** Compared by hash, so that neither length nor prefix of the key shows in the time it takes. */
function requireKey(authorization: string | undefined, agentKey: string): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${agentKey}`))) return;
  throw new OptiInfraError('UNAUTHENTICATED', 'Present the agent key as a bearer token.');
}

async function work(task: AgentTask, options: TaskRouteOptions): Promise<AgentTaskAnswer> {
  const agentId = options.agentId();
  if (agentId === null) {
    throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'This agent is not registered yet.');
  }
  const startedMs = options.clock.monotonicMs();
  const result = await handle(task, options);
  const execution_time_ms = Math.round(options.clock.monotonicMs() - startedMs);
  return { task_id: task.task_id, agent_id: agentId, execution_time_ms, result };
}

async function handle(
  task: AgentTask,
  { handlers, logger }: Pick<TaskRouteOptions, 'handlers' | 'logger'>,
): Promise<AgentTaskResult> {
  switch (task.type) {
    case 'analyze':
      return handlers.analyze(task);
    case 'validate':
      return handlers.validate(task);
    case 'learn':
      return handlers.learn?.(task) ?? refuse(task.type);
    case 'negotiate':
      return handlers.negotiate?.(task) ?? refuse(task.type);
    case 'resolution_executed':
      // Read and checked against the schema, remembered by the ledger under its task id, and told to the log.
      logger.info(
        {
          resolution_id: task.resolution.resolution_id,
          strategy: task.resolution.resolution_strategy,
          optimization_ids: task.optimization_ids,
        },
        'resolution executed',
      );
      return { type: 'resolution_executed', acknowledged: true };
  }
}

function refuse(type: TaskType): never {
  throw new OptiInfraError('VALIDATION_FAILED', `body.type: this agent does not take ${type} tasks`);
}
