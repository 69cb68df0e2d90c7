import type { OrchestratorServices } from './services.ts';
import type { SignalTopic } from './signals.ts';

export interface Loop {
  /** Resolves when the round under way has ended. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly name: string;
  /** Wall milliseconds between rounds, unless the topic is signalled before. */
  readonly intervalMs: number;
  readonly topic?: SignalTopic;
  readonly round: () => Promise<void>;
}

/** Runs a round again and again. A round that throws is logged and tried again: a store may be away for a while. */
export function startLoop(
  services: Pick<OrchestratorServices, 'logger' | 'flow'>,
  options: LoopOptions,
): Loop {
  const stopping = new AbortController();
  const pause = (): Promise<void> =>
    services.flow.signals.wait(options.topic ?? `loop:${options.name}`, options.intervalMs, stopping.signal);
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // Listening starts before the round, so that what is signalled during it is not slept through.
      const woken = pause();
      await options.round().catch((error: unknown) => {
        services.logger.error({ err: error, loop: options.name }, 'a round failed; it will be tried again');
      });
      await woken;
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
