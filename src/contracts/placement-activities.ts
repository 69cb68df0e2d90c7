import type { Observation, RunSubject } from './activities.ts';

/** Where deployments cost least, worked out by the harness itself from prices, inventory and telemetry. */
export interface PlacementActivities {
  /**
   * Every way to place every deployment, tried: `optimum.<prefix>.*`. Only the market, the clouds' inventory, telemetry
   * and the customer's preferences are read; the platform's agents are not asked.
   */
  findOptimum(input: { subject: RunSubject; prefix: string }): Promise<Observation>;
  /** What an analysis proposes of the same, as `placement.*`, in the words of the optimum. */
  readPlacements(input: { subject: RunSubject; analysisId: string }): Promise<Observation>;
}
