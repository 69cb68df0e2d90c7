import type { AgentType, CloudProvider } from './api/common.ts';
import type { OptimizationStatus, RecommendationType } from './api/recommendations.ts';
import type { CoordinationActivities } from './coordination-activities.ts';
import type { FleetChoice } from './fleets.ts';
import type { PartialRollbackActivities } from './partial-rollback-activities.ts';
import type { DeadlockActivities } from './deadlock-activities.ts';
import type { PlacementActivities } from './placement-activities.ts';
import type { QualityActivities } from './quality-activities.ts';
import type {
  ApprovalDecision,
  Evidence,
  InjectedFault,
  RunState,
  ScenarioInput,
  StepAction,
} from './runs.ts';
import type { JourneyActivities, OnboardingActivities } from './journey-activities.ts';
import type { SuiteActivities } from './suite-activities.ts';
import type { SpotActivities } from './spot-activities.ts';
import type { WorldAction } from './world-actions.ts';
import type { TuningActivities } from './tuning-activities.ts';
import type { SiteAccount, SiteNode } from './world.ts';

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
  /** Of the customer's home: the place and the deployment of its first fleet. */
  readonly accountId: string;
  readonly region: string;
  readonly deployment: string;
  readonly instanceType: string;
  /** Every place the customer gave access to, home first. */
  readonly accounts: readonly SiteAccount[];
  readonly deployments: readonly SubjectDeployment[];
}
export interface SubjectDeployment {
  readonly name: string;
  readonly provider: CloudProvider;
  readonly region: string;
  readonly instanceType: string;
  readonly nodes: number;
  readonly requestsPerSecond: number;
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
    fleet: FleetChoice;
  }): Promise<RunSubject>;
  injectFault(input: { subject: RunSubject; fault: InjectedFault }): Promise<string>;
  /** Does something to the world as a phase's own deed; `action.<name>` says what and when, as evidence. */
  act(input: {
    subject: RunSubject;
    name: string;
    action: WorldAction;
  }): Promise<Observation<{ worldMs: number; at: string; struck: readonly string[] }>>;
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
    /** The cost agent unless told. */
    agentType?: AgentType;
  }): Promise<Observation<{ analysisId: string; startedAt: string }>>;
  /** The recommendation of this analysis; of this type, when one is named. */
  awaitRecommendation(input: {
    subject: RunSubject;
    analysisId: string;
    startedAt: string;
    type?: RecommendationType;
    deployment?: string;
  }): Promise<Observation<{ recommendationId: string }>>;
  awaitValidations(input: { subject: RunSubject; recommendationId: string }): Promise<Observation>;
  /** A recommendation of this type that the platform made by itself since then, and the optimization it led to. */
  awaitOwnAccord(input: {
    subject: RunSubject;
    type: RecommendationType;
    sinceAt: string;
    /** Attempts that were given up are passed over: the platform asks again until one can be carried out. */
    passOverFailed?: boolean;
  }): Promise<Observation<{ recommendationId: string; optimizationId: string }>>;
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

/** How an optimization ended. */
export interface ExecutionEnd {
  readonly status: OptimizationStatus;
  /** World time since which the fleet serves as it does at the end; null when no step completed. */
  readonly settledAtMs: number | null;
  /** Wall and world milliseconds from the first to the last thing the platform reported. */
  readonly wallMs: number | null;
  readonly worldMs: number | null;
}

export interface ExecutionActivities {
  /**
   * Follows the optimization to its end; heartbeats carry the steps for the live view. Each action is taken once, when
   * its step is seen to have started or completed.
   */
  monitorExecution(input: {
    subject: RunSubject;
    optimizationId: string;
    actions: readonly StepAction[];
    /** What its evidence is called; `optimization` unless told. */
    as?: string;
  }): Promise<Observation<ExecutionEnd>>;
}

/** What the world and the cloud themselves say of a customer's side. */
export interface StateSnapshot {
  readonly takenAtWorldMs: number;
  readonly nodes: readonly Pick<
    SiteNode,
    'instanceId' | 'deployment' | 'lifecycle' | 'weight' | 'instanceType' | 'region' | 'engineConfiguration'
  >[];
  /** Instances that the cloud's inventory has as running. */
  readonly runningInstanceIds: readonly string[];
}

export interface StateActivities {
  takeSnapshot(input: { subject: RunSubject }): Promise<Observation<StateSnapshot>>;
  /** Reads everything again and names each difference; never asks the platform. */
  compareWithSnapshot(input: { subject: RunSubject; snapshot: StateSnapshot }): Promise<Observation>;
}

export interface AuditActivities {
  /** The audit's chain, and whether it tells of this optimization from its approval to its end. */
  readAudit(input: {
    subject: RunSubject;
    recommendationId: string;
    optimizationId: string;
  }): Promise<Observation>;
}

export interface WindowActivities {
  /**
   * Latency, quality, errors and throughput from `sinceMs` until `requests` have been answered: `<prefix>.*` by the
   * platform, `<prefix>.*.clickhouse` by the second witness.
   */
  measureWindow(input: {
    subject: RunSubject;
    prefix: string;
    sinceMs: number | 'now';
    requests: number;
  }): Promise<Observation<{ startMs: number; endMs: number }>>;
  /** `cost.monthly.<prefix>.platform` and `.inventory`, over every place. */
  measureCost(input: { subject: RunSubject; prefix: string }): Promise<Observation<{ usdPerMonth: number }>>;
}

export interface OutcomeActivities {
  measureQuality(input: { subject: RunSubject; baseline: Baseline; sinceMs: number }): Promise<Observation>;
  measureSavings(input: {
    subject: RunSubject;
    baseline: Pick<Baseline, 'monthlyCostUsd'>;
    recommendationId: string;
    optimizationId: string;
  }): Promise<Observation<{ savingsUsdPerMonth: number }>>;
}

/** What is used, what an analysis said of it, and what a plan has made of the fleet: past the platform wherever it goes. */
export interface FleetActivities {
  /** Waits for the analysis to end; `analysis.findings`, and `analysis.recommendations` as `type of deployment`. */
  readAnalysis(input: { subject: RunSubject; analysisId: string }): Promise<Observation>;
  /** Requests and GPUs of each deployment in the last hour of world time, as `use.<deployment>.*`. */
  measureUse(input: { subject: RunSubject }): Promise<Observation>;
  /** World and clouds against a plan that was carried out and the snapshot before it, as `fleet.*`. */
  inspectFleet(input: {
    subject: RunSubject;
    snapshot: StateSnapshot;
    recommendationId: string;
    optimizationId: string;
  }): Promise<Observation>;
  /** The latency that the recommendation promised for its deployment, measured in this window. */
  measureLatencyForecast(input: {
    subject: RunSubject;
    recommendationId: string;
    window: { readonly startMs: number; readonly endMs: number };
  }): Promise<Observation>;
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
  /** Writes run.json, report.html and junit.xml under `.e2e/runs/<run>/`, and the run into the history of runs. */
  publishRun(input: { run: RunState }): Promise<PublishedRun>;
}
export interface PublishedRun {
  readonly directory: string;
  /** What is missing though the pages stand, also in their `errors`. Absent in results of older workers. */
  readonly problems?: readonly string[];
}

export type HarnessActivities = FixtureActivities &
  PartialRollbackActivities &
  DeadlockActivities &
  BaselineActivities &
  AnalysisActivities &
  ApprovalActivities &
  ExecutionActivities &
  StateActivities &
  AuditActivities &
  WindowActivities &
  OutcomeActivities &
  FleetActivities &
  PlacementActivities &
  CoordinationActivities &
  TuningActivities &
  LearningActivities &
  SpotActivities &
  OnboardingActivities &
  JourneyActivities &
  QualityActivities &
  ReportActivities &
  SuiteActivities;

/** Heartbeat details of `monitorExecution`, read by the live view and, after a worker was killed, by its next attempt. */
export interface ExecutionProgress {
  readonly status: string;
  readonly steps: readonly { readonly name: string; readonly status: string }[];
  readonly taken: readonly TakenAction[];
}
/** An action that was taken, by its place in the list of planned ones. */
export interface TakenAction {
  readonly index: number;
  readonly atWorldMs: number;
  readonly struck: readonly string[];
}
