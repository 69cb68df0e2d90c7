import type { Observation } from '../src/contracts/activities.ts';
import { anchorNow, createClock } from '../src/support/clock.ts';
import { heartbeating } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';

/** Public entry `optiinfra-e2e/activities`: how the activities of another package observe. */

export { waitForCondition } from '../src/client/index.ts';
export { OptiInfraError } from '../src/support/errors.ts';
export { createClock, anchorNow, type Clock } from '../src/support/clock.ts';
export type { Observation, Nothing } from '../src/contracts/activities.ts';
export type { EvidenceLog } from './evidence.ts';

/** What an activity records while it looks. */
export interface Observing extends Pick<EvidenceLog, 'record'> {
  /** A line that people read below the phase. */
  note(text: string): void;
  /** Shown in the live view, and what the next attempt starts from when the worker dies. */
  progress(details: unknown): void;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * Runs `work` with a heartbeat and gives what it recorded as an observation. Return what later phases need, or null when
 * there is nothing to go on with: such a phase cannot pass. Throw for broken infrastructure only; it is retried.
 */
export async function observing<T>(work: (seen: Observing) => Promise<T | null>): Promise<Observation<T>> {
  const log = createEvidenceLog(createClock(anchorNow(1)));
  const notes: string[] = [];
  const output = await heartbeating((progress, signal) =>
    work({
      record: (...seen) => log.record(...seen),
      note: (text) => void notes.push(text),
      progress,
      signal,
    }),
  );
  return { evidence: log.evidence, notes, output };
}
