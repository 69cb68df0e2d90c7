import type {
  MigrationStep,
  OptimizationResult,
  OptimizationStatus,
  StageJudgement,
} from '../../contracts/api/recommendations.ts';
import type { EngineConfiguration, ServiceLevelObjective } from '../../contracts/api/customers.ts';
import type { Lifecycle } from '../../contracts/api/common.ts';

/** Everything that crosses the boundary between the rollout's workflow and its activities. Plain JSON, small. */

export interface RolloutInput {
  readonly optimizationId: string;
}
export function rolloutWorkflowId(optimizationId: string): string {
  return `optimization-${optimizationId}`;
}
export const SPOT_ROLLOUT = 'spotRollout';
/** Updates and the query of a running rollout. */
export const CANCEL_UPDATE = 'cancelRollout';
export const DECIDE_UPDATE = 'decideOnHold';
export const PROGRESS_QUERY = 'progress';

export interface HumanDecision {
  readonly decision: 'continue' | 'rollback';
  readonly by: string;
  readonly reason: string;
}
export interface CancelRequest {
  readonly by: string;
  readonly reason: string;
}
export interface RolloutProgress {
  readonly status: OptimizationStatus;
  readonly step: MigrationStep | null;
  /** The verdict that waits for a person, while one does. */
  readonly onHold: readonly string[] | null;
}

/** The order as the rollout needs it: what the plan wants, for whom, under which promises. */
export interface RolloutOrder {
  readonly optimizationId: string;
  readonly customerId: string;
  readonly accountId: string;
  readonly roleArn: string;
  readonly region: string;
  readonly deployment: string;
  readonly instanceType: string;
  readonly retiringIds: readonly string[];
  readonly keptIds: readonly string[];
  readonly spotNodes: readonly { readonly zone: string; readonly usdPerHour: number }[];
  readonly fallbackZones: readonly string[];
  readonly promisedSavingsUsdPerMonth: number;
  readonly minimumOnDemandShare: number;
  readonly slo: ServiceLevelObjective;
  /** World seconds that pass in a wall second. */
  readonly timeScale: number;
}

export interface SpotNode {
  readonly instanceId: string;
  readonly zone: string;
}

/** The state before anything changed, with which a rollback is compared. */
export interface Snapshot {
  readonly takenAtWorldMs: number;
  /** Running instances of the deployment. */
  readonly instances: readonly { readonly instanceId: string; readonly lifecycle: Lifecycle }[];
  /** Requests each instance served in the window: the weights in force, as measured. */
  readonly requestsByInstance: Readonly<Record<string, number>>;
  readonly engineConfiguration: EngineConfiguration;
  readonly costUsdPerMonth: number;
  readonly requestsPerSecond: number;
  readonly meanQuality: number | null;
  readonly windowFromMs: number;
  readonly windowToMs: number;
}

/** Times of a step; the start is kept by the workflow so that the end is reported with it. */
export interface StepStart {
  readonly startedAt: string;
  readonly worldStartedAt: string;
}
/** In the API's own form: it is handed on as it is. */
export type StepEvidence = Readonly<Record<string, unknown>>;
export type FinalStepStatus = 'completed' | 'failed' | 'rolled_back';

/** What a window must hold before it is judged. */
export interface StageRequirement {
  readonly requestsPerArm: number;
  readonly qualitySamplesPerArm: number;
  /** The error rate's upper bound must be under the promise; the windows judged before count too. */
  readonly proveErrorRate: boolean;
}
/** Requests and errors of new nodes in windows judged before. */
export interface PriorTraffic {
  readonly requests: number;
  readonly errors: number;
}
/** Requests of one arm between two world times. */
export interface ArmWindow {
  readonly instanceIds: readonly string[];
  readonly fromMs: number;
  /** Null: the end of the stage's window. */
  readonly toMs: number | null;
}
export interface StageWindow {
  readonly canary: ArmWindow;
  readonly control: ArmWindow;
  readonly requirement: StageRequirement;
  readonly prior: PriorTraffic;
  /** World milliseconds after which the window is judged with what it has. */
  readonly deadlineWorldMs: number;
}

/** The side effects of a rollout. Every one may run twice with the same effect as once. */
export interface RolloutActivities {
  loadOrder(input: RolloutInput): Promise<RolloutOrder>;
  takeSnapshot(input: { order: RolloutOrder }): Promise<Snapshot>;
  reportStatus(input: {
    optimizationId: string;
    status: OptimizationStatus;
    result: OptimizationResult | null;
    actualSavingsUsdPerMonth: number | null;
  }): Promise<void>;
  beginStep(input: { optimizationId: string; step: MigrationStep }): Promise<StepStart>;
  endStep(input: {
    optimizationId: string;
    step: MigrationStep;
    start: StepStart;
    status: FinalStepStatus;
    evidence: StepEvidence;
  }): Promise<void>;
  launchSpotNodes(input: {
    order: RolloutOrder;
  }): Promise<{ readonly nodes: readonly SpotNode[]; readonly evidence: StepEvidence }>;
  awaitNodesReady(input: {
    order: RolloutOrder;
    instanceIds: readonly string[];
  }): Promise<{ readonly evidence: StepEvidence }>;
  shiftTraffic(input: {
    order: RolloutOrder;
    weights: Readonly<Record<string, number>>;
  }): Promise<{ readonly appliedAtWorldMs: number; readonly evidence: StepEvidence }>;
  observeStage(input: { order: RolloutOrder; window: StageWindow }): Promise<StageJudgement>;
  recheckPromise(input: {
    order: RolloutOrder;
    nodes: readonly SpotNode[];
  }): Promise<{ readonly holds: boolean; readonly reason: string; readonly evidence: StepEvidence }>;
  terminateOnDemand(input: {
    order: RolloutOrder;
    nodes: readonly SpotNode[];
  }): Promise<{ readonly evidence: StepEvidence }>;
  /** Which of these instances the cloud no longer runs. */
  findGone(input: { order: RolloutOrder; instanceIds: readonly string[] }): Promise<readonly string[]>;
  terminateSpotNodes(input: { order: RolloutOrder }): Promise<{ readonly terminatedIds: readonly string[] }>;
  measureOutcome(input: { order: RolloutOrder; snapshot: Snapshot }): Promise<{
    readonly actualSavingsUsdPerMonth: number;
    readonly measured: Readonly<Record<string, number>>;
  }>;
  verifyRestored(input: { order: RolloutOrder; snapshot: Snapshot }): Promise<{
    readonly restored: boolean;
    readonly differences: readonly string[];
    readonly measured: Readonly<Record<string, number>>;
  }>;
}
