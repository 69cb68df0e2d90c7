import type { AgentType } from '../../../contracts/api/common.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { exchange } from '../../../support/http-exchange.ts';
import type { Service, ServiceContext } from '../../kit/run-service.ts';
import { createServer, type DependencyProbe } from '../../kit/server.ts';
import { Registration } from './registration.ts';
import { connectServices, type AgentServices } from './services.ts';
import { TaskLedger } from './tasks/task-ledger.ts';
import { addTaskRoutes, type TaskHandlers } from './tasks/task-routes.ts';

const AGENT_VERSION = '0.1.0';
/** Tasks at once that count as a full load; more are taken, but the orchestrator prefers another instance. */
const FULL_LOAD_TASKS = 8;

export interface AgentDefinition {
  readonly type: AgentType;
  readonly capabilities: readonly string[];
  readonly handlers: (services: AgentServices) => TaskHandlers;
}

/** An agent as a service: takes tasks, keeps itself registered, reads its stores. Agents differ in `handlers` only. */
export async function createAgent(definition: AgentDefinition, context: ServiceContext): Promise<Service> {
  const { config, clock, logger } = context;
  const services = connectServices(config, clock);
  const ledger = new TaskLedger();
  const port = config.port();
  const registration = new Registration({
    orchestrator: services.orchestrator,
    request: {
      agent_type: definition.type,
      // The port tells instances on one machine apart and stays the same over a restart.
      name: `${definition.type}-${port}`,
      version: AGENT_VERSION,
      capabilities: definition.capabilities,
      endpoint: `http://127.0.0.1:${port}`,
    },
    clock,
    logger,
    load: () => ({
      status: 'healthy',
      current_tasks: ledger.running,
      load: Math.min(1, ledger.running / FULL_LOAD_TASKS),
    }),
  });
  const server = createServer({
    service: `${definition.type}-agent`,
    version: AGENT_VERSION,
    logger,
    dependencies: {
      registration: async () => {
        if (registration.agentId === null) throw new OptiInfraError('NOT_READY', 'not registered yet');
      },
      clickhouse: reachable(config.text('OPTIINFRA_CLICKHOUSE_URL'), '/ping'),
    },
  });
  addTaskRoutes(server, {
    handlers: definition.handlers(services),
    agentKey: config.text('OPTIINFRA_AGENT_KEY'),
    ledger,
    clock,
    logger,
    agentId: () => registration.agentId,
  });
  // Signing off comes before the server stops listening: no task is sent to a closed door.
  server.addHook('preClose', () => registration.stop());
  return {
    server,
    started: async () => {
      registration.start();
    },
    close: () => services.close(),
  };
}

/** Looks with a plain request, so that readiness does not load a client that no task has needed yet. */
function reachable(baseUrl: string, path: string): DependencyProbe {
  return async () => {
    const url = new URL(path, baseUrl);
    // A ping needs no credentials.
    url.username = '';
    url.password = '';
    const response = await exchange(url, { signal: AbortSignal.timeout(2_000) });
    if (!response.ok)
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', `${path} answered ${response.status}`);
  };
}
