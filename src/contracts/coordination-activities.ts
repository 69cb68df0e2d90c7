import type { Observation, RunSubject } from './activities.ts';
import type { AgentType } from './api/common.ts';
import type { ResolutionStrategy } from './api/orchestration.ts';
import type { RecommendationType } from './api/recommendations.ts';

/** What several agents want at the same time, how the platform settles it, and how that is carried out. */

/** An open recommendation, as far as a story needs to know it. */
export interface Proposal {
  readonly recommendationId: string;
  readonly agentType: AgentType;
  readonly type: RecommendationType;
  readonly deployment: string;
  readonly savingsUsdPerMonth: number;
}

export interface Settled {
  readonly resolutionId: string;
  readonly strategy: ResolutionStrategy;
  /** The recommendation that is carried out in the place of all: the chosen one or the hybrid; null: one after another. */
  readonly winnerId: string | null;
  readonly rejectedIds: readonly string[];
  /** Groups one after another; null where one wins. */
  readonly order: readonly (readonly string[])[] | null;
}

export interface CoordinationActivities {
  /** Asks these agents at the same time and waits for all of them; `<prefix>.*`. Null when nobody proposes anything. */
  analyseTogether(input: {
    subject: RunSubject;
    agents: readonly AgentType[];
    prefix: string;
  }): Promise<Observation<{ proposals: readonly Proposal[] }>>;
  /** Waits until every other agent has judged each of them; `<prefix>.opinions.*` by PostgreSQL. */
  awaitOpinions(input: {
    subject: RunSubject;
    proposals: readonly Proposal[];
    prefix: string;
  }): Promise<Observation>;
  /** `POST /orchestrator/resolve-conflict`; `<prefix>.*` with row and audit as witnesses, and the hybrid's forecast. */
  resolveConflict(input: {
    subject: RunSubject;
    proposals: readonly Proposal[];
    prefix: string;
  }): Promise<Observation<Settled>>;
  /** `POST /orchestrator/execute-resolution`, repeated while an opinion is missing; what became of the losers. */
  executeResolution(input: {
    subject: RunSubject;
    settled: Settled;
  }): Promise<Observation<{ optimizationIds: readonly string[] }>>;
  /** Approves one more, which shares a deployment with what is under way; `late.*`. */
  approveOnBusyDeployment(input: {
    subject: RunSubject;
    recommendationId: string;
  }): Promise<Observation<{ optimizationId: string }>>;
  /** Who was told of the executed resolution: rows of tasks, answer of the API, audit, live events; `told.*`. */
  readAcknowledgements(input: { subject: RunSubject; resolutionId: string }): Promise<Observation>;
  /** Follows several optimizations to their ends; when each held its deployment, `together.*`. */
  followTogether(input: {
    subject: RunSubject;
    optimizationIds: readonly string[];
  }): Promise<Observation<{ settledAtMs: number }>>;
  /** What is proposed after an execution against what was carried out and what runs now; `replan.*`. */
  compareWithExecuted(input: {
    subject: RunSubject;
    executedRecommendationId: string;
    proposals: readonly Proposal[];
  }): Promise<Observation>;
}
