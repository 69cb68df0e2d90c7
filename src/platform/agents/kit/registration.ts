import {
  HEARTBEAT_INTERVAL_MS,
  type HeartbeatRequest,
  type RegisterAgentRequest,
} from '../../../contracts/api/orchestration.ts';
import type { Clock } from '../../../support/clock.ts';
import { OptiInfraError, describeError } from '../../../support/errors.ts';
import type { Logger } from '../../../support/logging.ts';
import type { OrchestratorClient } from './orchestrator-client.ts';

const FIRST_RETRY_MS = 100;
/** Short, because an environment is ready only when its agents are; a refused connection costs next to nothing. */
const LAST_RETRY_MS = 400;

export interface RegistrationOptions {
  readonly orchestrator: OrchestratorClient;
  readonly request: RegisterAgentRequest;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly load: () => HeartbeatRequest;
}

/** Keeps one agent known to the orchestrator: registers, beats, registers again when forgotten, signs off at the end. */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #stopping = new AbortController();
  #agentId: string | null = null;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  get agentId(): string | null {
    return this.#agentId;
  }

  start(): void {
    this.#loop = this.#run().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) throw error;
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    if (this.#agentId === null) return;
    const { orchestrator, logger } = this.#options;
    // The orchestrator may be gone already; it will then miss the beats.
    await orchestrator.deregister(this.#agentId).catch((error: unknown) => {
      logger.warn({ error: describeError(error) }, 'could not deregister');
    });
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const signal = this.#stopping.signal;
    while (!signal.aborted) {
      this.#agentId = await this.#register();
      while (await this.#beat(this.#agentId)) await clock.sleepWall(HEARTBEAT_INTERVAL_MS, signal);
      await clock.sleepWall(FIRST_RETRY_MS, signal);
    }
  }

  async #register(): Promise<string> {
    const { orchestrator, request, clock, logger } = this.#options;
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(LAST_RETRY_MS, waitMs * 2)) {
      try {
        const agentId = await orchestrator.register(request, this.#stopping.signal);
        logger.info({ agent_id: agentId }, 'registered');
        return agentId;
      } catch (error) {
        this.#stopping.signal.throwIfAborted();
        logger.warn({ error: describeError(error), retry_in_ms: waitMs }, 'not registered');
        await clock.sleepWall(waitMs, this.#stopping.signal);
      }
    }
  }

  /** @returns false when the orchestrator no longer knows the agent. */
  async #beat(agentId: string): Promise<boolean> {
    const { orchestrator, load, logger } = this.#options;
    try {
      await orchestrator.heartbeat(agentId, load(), this.#stopping.signal);
    } catch (error) {
      this.#stopping.signal.throwIfAborted();
      logger.warn({ error: describeError(error) }, 'heartbeat failed');
      return !(error instanceof OptiInfraError && error.details['status'] === 404);
    }
    return true;
  }
}
