import type { RolloutActivities } from '../contract.ts';
import type { Pulse, RolloutDependencies } from './dependencies.ts';

/** A quarter of the heartbeat limit: a slow answer of a store must not look like a dead worker. */
const BEAT_EVERY_MS = 400;

type Run = (input: never) => Promise<unknown>;

/**
 * Beats for as long as an activity runs, with the last details it gave. That the process lives is one question, how far
 * the work has come another; answers to calls have limits of their own.
 */
export function withHeartbeats(
  { pulse }: Pick<RolloutDependencies, 'pulse'>,
  create: (pulse: () => Pulse) => RolloutActivities,
): RolloutActivities {
  // Each call of an activity gets activities of its own, and with them the pulse that remembers its details.
  const names = Object.keys(create(pulse)) as (keyof RolloutActivities)[];
  const wrapped = names.map((name) => [
    name,
    async (input: never): Promise<unknown> => {
      const own = pulse();
      let last: unknown;
      const beat = (details: unknown): void => {
        last = details;
        own.beat(details);
      };
      const acting = create(() => ({ beat, signal: own.signal })) as unknown as Record<string, Run>;
      const timer = setInterval(() => {
        own.beat(last);
      }, BEAT_EVERY_MS);
      try {
        return await acting[name]?.(input);
      } finally {
        clearInterval(timer);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as RolloutActivities;
}
