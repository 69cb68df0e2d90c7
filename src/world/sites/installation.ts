import type { AgentRuntimeRequest, SiteState } from '../../contracts/world.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { RuntimeRefused } from '../agent-runtime/context.ts';
import { startAgentRuntime, type AgentRuntime, type RuntimeOptions } from '../agent-runtime/runtime.ts';

/** The agent-runtime of a site, installed at most once at a time. */
export interface Installation {
  readonly state: SiteState['agentRuntime'];
  readonly telemetryShipped: number;
  readonly telemetryLost: number;
  /** @throws OptiInfraError `INVALID_STATE` when another one runs already or the platform refuses it. */
  install(request: AgentRuntimeRequest): Promise<void>;
  stop(): Promise<void>;
}

export function createInstallation(
  options: Omit<RuntimeOptions, 'apiUrl' | 'agentToken' | 'bufferBound'>,
): Installation {
  /** Asking for the one in force again, as a retried call does, waits for the same one. */
  let current: { readonly request: AgentRuntimeRequest; readonly done: Promise<void> } | undefined;
  let failed = false;
  let runtime: AgentRuntime | undefined;

  const start = async ({ apiUrl, agentToken }: AgentRuntimeRequest): Promise<void> => {
    failed = false;
    try {
      runtime = await startAgentRuntime({ ...options, apiUrl, agentToken });
    } catch (error) {
      failed = true;
      if (!(error instanceof RuntimeRefused)) throw error;
      throw new OptiInfraError('INVALID_STATE', `the platform refused the agent-runtime: ${error.message}`, {
        cause: error,
      });
    }
  };
  return {
    get state() {
      return failed ? 'failed' : (runtime?.state ?? 'absent');
    },
    get telemetryShipped() {
      return runtime?.telemetryShipped ?? 0;
    },
    get telemetryLost() {
      return runtime?.telemetryLost ?? 0;
    },
    install: async (request) => {
      const running = runtime?.state === 'failed' || failed ? undefined : current;
      if (running !== undefined && running.request.agentToken !== request.agentToken) {
        throw new OptiInfraError('INVALID_STATE', 'an agent-runtime runs on this site already');
      }
      current = running ?? { request, done: start(request) };
      await current.done;
    },
    stop: async () => runtime?.stop(),
  };
}
