import type { EventType } from './api/events.ts';
import type { Observation, RunSubject } from './activities.ts';

/** What the harness sees of nodes that the cloud takes and the platform replaces. */
export interface SpotActivities {
  /**
   * Waits for a live event of this type whose data hold these values; `event.<type>.live` counts those on the socket,
   * `event.<type>.stored` those in the outbox.
   */
  awaitEvent(input: {
    subject: RunSubject;
    type: EventType;
    data: Readonly<Record<string, string>>;
  }): Promise<Observation>;
  /** Nodes that serve by the world, run by the clouds and are ready by the platform, as `<prefix>.nodes.*`. */
  countFleet(input: { subject: RunSubject; prefix: string }): Promise<Observation>;
}
