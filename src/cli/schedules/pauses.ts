import type { Pause } from './expected-runs.ts';

/** A person paused or resumed the schedule. */
export interface PauseChange {
  readonly atMs: number;
  readonly kind: 'pause' | 'resume';
  readonly note: string;
}
export interface PauseFacts {
  /** Oldest first. */
  readonly changes: readonly PauseChange[];
  readonly createdMs: number;
  readonly pausedNow: boolean;
  /** Ends of suites that failed: Temporal pauses by itself then, and notes no change. */
  readonly failures: readonly { readonly suiteId: string; readonly closedMs: number }[];
  readonly pauseOnFailure: boolean;
}

/** When the schedule was paused, oldest first, as far as it can be told. */
export function pausesOf(facts: PauseFacts): readonly Pause[] {
  const pauses: Pause[] = [];
  let open: Omit<Pause, 'untilMs'> | null = null;
  let lastMs = facts.createdMs;
  for (const { atMs, kind, note } of facts.changes) {
    if (kind === 'pause') open ??= { fromMs: atMs, why: note === '' ? 'paused' : note };
    else {
      const begun = open ?? silentPause(facts, lastMs, atMs);
      if (begun !== null) pauses.push({ ...begun, untilMs: atMs });
      open = null;
    }
    lastMs = atMs;
  }
  if (!facts.pausedNow) return pauses;
  const begun = open ?? silentPause(facts, lastMs, Infinity);
  return begun === null ? pauses : [...pauses, { ...begun, untilMs: null }];
}

/** A pause that nobody ordered: after a failure, or from the beginning on. */
function silentPause(facts: PauseFacts, afterMs: number, beforeMs: number): Omit<Pause, 'untilMs'> | null {
  const failure = facts.pauseOnFailure
    ? facts.failures
        .filter(({ closedMs }) => closedMs >= afterMs && closedMs < beforeMs)
        .toSorted((left, right) => left.closedMs - right.closedMs)[0]
    : undefined;
  if (failure !== undefined) {
    return { fromMs: failure.closedMs, why: `paused because ${failure.suiteId} was not green` };
  }
  return afterMs === facts.createdMs ? { fromMs: facts.createdMs, why: 'paused when it was made' } : null;
}
