import type { Observation, RunSubject } from './activities.ts';

/** What the harness sees of engine configurations: proposed, carried out, learned from. */
export interface TuningActivities {
  /**
   * Waits for an analysis of the performance agent to end, then reads as `<prefix>.*` which weights it proposes, how they
   * would be computed, and what it refuses; findings from the analysis and again from the agent's own answer.
   */
  readTuning(input: { subject: RunSubject; analysisId: string; prefix: string }): Promise<Observation>;
  /** The configuration of each node by the world's own word and by the platform's, against the plan: `configuration.*`. */
  inspectConfiguration(input: { subject: RunSubject; recommendationId: string }): Promise<Observation>;
  /** The outcome row and the pattern in the vector store, as `lesson.*`. */
  readLesson(input: { subject: RunSubject; optimizationId: string }): Promise<Observation>;
}
