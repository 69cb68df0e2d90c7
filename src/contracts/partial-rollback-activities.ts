import type { Observation, RunSubject, StateSnapshot } from './activities.ts';

/** A rollback that comes too late for some nodes: what was undone, what could not be, what stands in its place. */
export interface PartialRollbackActivities {
  /** The customer guards all nodes that the plan retires but the first against termination; `protected.*`. */
  protectRetiring(input: { subject: RunSubject; recommendationId: string }): Promise<Observation>;
  /** World and cloud against the snapshot and against what the platform says it could not undo; `partial.*`. */
  inspectPartialRollback(input: {
    subject: RunSubject;
    snapshot: StateSnapshot;
    optimizationId: string;
  }): Promise<Observation>;
}
