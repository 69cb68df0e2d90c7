import { allows, CLOSED_BREAKER, type CircuitBreaker } from './breaker.ts';

/** What routing looks at of one registered instance. */
export interface Candidate {
  readonly agentId: string;
  readonly endpoint: string;
  readonly draining: boolean;
  /** As last reported, 0–1. */
  readonly load: number;
  readonly currentTasks: number;
}

/**
 * The healthy instance with the least work: what it reported plus what was sent since, each task weighing as much as
 * a tenth of full load. An instance that already failed this task is taken only when no other is left.
 */
export function chooseInstance(
  candidates: readonly Candidate[],
  state: {
    readonly breakers: ReadonlyMap<string, CircuitBreaker>;
    readonly inFlight: ReadonlyMap<string, number>;
    readonly failedBefore: ReadonlySet<string>;
    readonly nowMs: number;
  },
): Candidate | undefined {
  const ranked = candidates
    .filter(({ agentId, draining }) => !draining && allows(breakerOf(state.breakers, agentId), state.nowMs))
    .map((candidate) => ({
      candidate,
      failed: state.failedBefore.has(candidate.agentId) ? 1 : 0,
      work: workOf(candidate, state.inFlight.get(candidate.agentId) ?? 0),
    }))
    .sort(
      (a, b) =>
        a.failed - b.failed || a.work - b.work || a.candidate.agentId.localeCompare(b.candidate.agentId),
    );
  return ranked[0]?.candidate;
}

export function breakerOf(breakers: ReadonlyMap<string, CircuitBreaker>, agentId: string): CircuitBreaker {
  return breakers.get(agentId) ?? CLOSED_BREAKER;
}

function workOf(candidate: Candidate, inFlight: number): number {
  return candidate.load + 0.1 * Math.max(candidate.currentTasks, inFlight);
}
