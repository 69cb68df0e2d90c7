import type { Clock } from './clock.ts';
import { OptiInfraError, describeError } from './errors.ts';

export interface WaitOptions {
  /** What is awaited, as in "waited 5 s for {condition}". */
  readonly condition: string;
  /** Wall milliseconds until the wait gives up. */
  readonly deadlineMs: number;
  /** Wall milliseconds between two looks. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Called with each observation: heartbeats and progress. */
  readonly onObservation?: (observation: unknown) => void;
}

/** What one look saw: `done` with the value, or the observation that the timeout message will quote. */
export type Look<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly observed: unknown };

/**
 * Looks again until the condition holds. Errors of `look` propagate at once: a poller that swallows them hides the cause.
 * @throws OptiInfraError `WAIT_TIMEOUT` with the last observation.
 */
export async function waitFor<T>(look: () => Promise<Look<T>>, options: WaitOptions): Promise<T> {
  const started = options.clock.monotonicMs();
  for (;;) {
    options.signal?.throwIfAborted();
    const result = await look();
    if (result.done) return result.value;
    options.onObservation?.(result.observed);
    const elapsedMs = options.clock.monotonicMs() - started;
    if (elapsedMs + options.intervalMs > options.deadlineMs)
      throw timeout(options, elapsedMs, result.observed);
    await options.clock.sleepWall(options.intervalMs, options.signal);
  }
}

function timeout(options: WaitOptions, elapsedMs: number, observed: unknown): OptiInfraError {
  const last = observed instanceof Error ? describeError(observed) : JSON.stringify(observed);
  return new OptiInfraError(
    'WAIT_TIMEOUT',
    `waited ${(elapsedMs / 1000).toFixed(1)} s for ${options.condition}; last seen: ${last}`,
    { details: { condition: options.condition, deadlineMs: options.deadlineMs, observed } },
  );
}
