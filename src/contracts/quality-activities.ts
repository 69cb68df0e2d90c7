import type { Observation, RunSubject } from './activities.ts';

/** What the harness sees of golden prompts, changed configurations and decisions that needed no person. */
export interface QualityActivities {
  /**
   * Waits for an analysis of the application agent to end; what it said, the golden run it made and the baseline it
   * recorded, as `<prefix>.*`, each figure also computed again from the answers and looked up in telemetry.
   */
  readBaseline(input: {
    subject: RunSubject;
    analysisId: string;
    prefix: string;
  }): Promise<Observation<{ baselineId: string | null }>>;
  /** Waits until every node of the deployment has served with this revision and template, by the world's own word. */
  awaitDeployed(input: { subject: RunSubject; change: DeployedChange }): Promise<Observation>;
  /**
   * Waits for the analysis that a changed configuration starts by itself; what was noticed as `change.*`, the golden
   * run held against the baseline as `comparison.*`, with the paired statistics computed again from both runs' answers.
   */
  awaitComparison(input: { subject: RunSubject; sinceAt: string }): Promise<Observation>;
  /** Who decided about this customer's recommendations, as `decisions.*`. */
  readDecisions(input: { subject: RunSubject; recommendationId: string }): Promise<Observation>;
}
export interface DeployedChange {
  readonly revision?: string;
  readonly chatTemplate?: string;
}
