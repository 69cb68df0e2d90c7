import type { Observation, RunSubject } from './activities.ts';
import type { Proposal } from './coordination-activities.ts';

/** Recommendations that would wait for each other, and those that wait for one another in an order that works. */
export interface DeadlockActivities {
  /**
   * For circles of one recommendation and more: says all dependencies but the last, then the last, which closes the
   * circle; `cycles.*`. Then says all of the longest at once, so that no single call sees the whole; `race.*`.
   */
  refuseCycles(input: { subject: RunSubject; proposals: readonly Proposal[] }): Promise<Observation>;
  /**
   * Writes a circle into the platform's own table, as a restored backup might, and asks everything that walks along it;
   * `planted.*`. Ends by breaking the circle through the API.
   */
  refusePlantedCycle(input: { subject: RunSubject; proposals: readonly Proposal[] }): Promise<Observation>;
  /** One after another on different deployments, approved in the wrong order by one call; `order.*`. */
  approveInOrder(input: {
    subject: RunSubject;
    proposals: readonly Proposal[];
  }): Promise<Observation<{ firstId: string; secondId: string }>>;
  /** Waits until the second optimization has begun, and says when the first one had ended; `turn.*`. */
  awaitTurn(input: { subject: RunSubject; firstId: string; secondId: string }): Promise<Observation>;
}
