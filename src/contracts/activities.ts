import type { ApprovalDecision, Evidence, InjectedFault, RunState, ScenarioInput } from './runs.ts';

/**
 * Interfaces of the harness's activities, one a capability. Workflows import these, never the implementations.
 * An activity observes or acts; it never judges. It throws only for infrastructure; what the platform did or failed
 * to do is evidence. No secret travels here: passwords are derived on the worker's side.
 */

/** Names the run and the isolated customer made for it. */
export interface RunSubject {
  readonly runId: string;
  /** Login of the customer's owner. */
  readonly email: string;
  readonly customerId: string;
  readonly siteId: string;
  readonly accountId: string;
  readonly region: string;
  readonly deployment: string;
  readonly instanceType: string;
}

/** Nothing for later phases. */
export type Nothing = Readonly<Record<string, never>>;

/**
 * What a phase saw: evidence for the gates, lines for people, and what later phases need.
 * `output` is null when there is nothing to go on with; such a phase cannot pass.
 */
export interface Observation<T = Nothing> {
  readonly evidence: readonly Evidence[];
  readonly notes: readonly string[];
  readonly output: T | null;
}

/** A baseline taken before anything changes; later phases compare with it. */
export interface Baseline {
  readonly monthlyCostUsd: number | null;
  readonly meanQuality: number | null;
  readonly qualitySamples: number;
  readonly latencyMsP95: number | null;
  /** World epoch milliseconds. */
  readonly windowStartMs: number;
  readonly windowEndMs: number;
}

export interface FixtureActivities {
  /** Signs a customer up, makes its site in the world, onboards it, connects the agent-runtime, waits for discovery. */
  prepareCustomer(input: {
    runId: string;
    scenario: ScenarioInput;
    companyName: string;
  }): Promise<RunSubject>;
  injectFault(input: { subject: RunSubject; fault: InjectedFault }): Promise<string>;
  /** Ends what still runs for this run and takes the site's instances down. Safe to repeat. */
  cleanUp(input: { runId: string }): Promise<string[]>;
}

export interface BaselineActivities {
  recordInitialState(input: {
    subject: RunSubject;
    prices: ScenarioInput['prices'];
  }): Promise<Observation<Baseline>>;
}

export interface AnalysisActivities {
  triggerAnalysis(input: {
    subject: RunSubject;
  }): Promise<Observation<{ analysisId: string; startedAt: string }>>;
  awaitRecommendation(input: {
    subject: RunSubject;
    analysisId: string;
    startedAt: string;
  }): Promise<Observation<{ recommendationId: string }>>;
  awaitValidations(input: { subject: RunSubject; recommendationId: string }): Promise<Observation>;
}

export interface ApprovalActivities {
  approve(input: {
    subject: RunSubject;
    recommendationId: string;
    decision: ApprovalDecision;
  }): Promise<Observation<{ optimizationId: string }>>;
  /** Returns when the recommendation was decided elsewhere (portal, API); cancelled when the decision came by Update. */
  awaitDecisionElsewhere(input: { subject: RunSubject; recommendationId: string }): Promise<ApprovalDecision>;
  /** Reads what a decision made elsewhere led to. */
  recordDecision(input: {
    subject: RunSubject;
    recommendationId: string;
  }): Promise<Observation<{ optimizationId: string }>>;
}

export interface ExecutionActivities {
  /**
   * Follows the optimization to its end; heartbeats carry the steps for the live view.
   * `settledAtMs` is the world time since which all traffic is on the target fleet.
   */
  monitorExecution(input: {
    subject: RunSubject;
    optimizationId: string;
  }): Promise<Observation<{ settledAtMs: number }>>;
}

export interface OutcomeActivities {
  measureQuality(input: { subject: RunSubject; baseline: Baseline; sinceMs: number }): Promise<Observation>;
  measureSavings(input: {
    subject: RunSubject;
    baseline: Baseline;
    recommendationId: string;
    optimizationId: string;
  }): Promise<Observation<{ savingsUsdPerMonth: number }>>;
}

export interface LearningActivities {
  /** Reads pattern and outcome, then asks a forecast for a twin customer, whose ids it returns for the clean-up. */
  verifyLearning(input: {
    subject: RunSubject;
    twin: RunSubject;
    recommendationId: string;
    optimizationId: string;
    savingsUsdPerMonth: number;
  }): Promise<Observation>;
}

export interface ReportActivities {
  /** Gathers curves, steps and events into a content-addressed file; returns its SHA-256. */
  collectEvidence(input: {
    subject: RunSubject;
    optimizationId: string | null;
    baseline: Baseline | null;
  }): Promise<string>;
  /** Writes run.json, report.html and junit.xml under `.e2e/runs/<run>/`. */
  publishRun(input: { run: RunState }): Promise<string>;
}

export type HarnessActivities = FixtureActivities &
  BaselineActivities &
  AnalysisActivities &
  ApprovalActivities &
  ExecutionActivities &
  OutcomeActivities &
  LearningActivities &
  ReportActivities;

/** Heartbeat details of `monitorExecution`, read by the live view. */
export interface ExecutionProgress {
  readonly status: string;
  readonly steps: readonly { readonly name: string; readonly status: string }[];
}
