/** Where a history is. */
export type HistoryReference =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'temporal'; readonly workflowId: string; readonly workflowRunId: string };

/** The first event that today's code would not have written. */
export interface Divergence {
  readonly eventId: number;
  /** `ActivityTaskScheduled` */
  readonly eventType: string;
  /** `activity measureQuality`: what the history has. */
  readonly expected: string;
  /** `activity guessQuality`: what today's code wants in its place. */
  readonly actual: string;
  /** Temporal's summary of the event, or of the last one before it that has one: `phase 7 · Validate quality`. */
  readonly position: string | null;
}

/**
 * What replaying said of one history. `failed`: workflow code threw where it did not then. `foreign`: today's code has
 * no such workflow. `unreadable`: it could not be had.
 */
export interface ReplayOutcome {
  /** A file as it was named, or the id of a run. */
  readonly source: string;
  /** Null while nothing is known of it. */
  readonly runId: string | null;
  readonly scenario: string | null;
  readonly workflowRunId: string | null;
  readonly events: number;
  readonly status: 'fits' | 'diverged' | 'failed' | 'foreign' | 'unreadable';
  readonly divergence: Divergence | null;
  /** One line; null when it fits. */
  readonly reason: string | null;
}
