import type { CloudProvider, Lifecycle } from '../../contracts/api/common.ts';
import type { EngineConfiguration, ServiceLevelObjective } from '../../contracts/api/customers.ts';
import type { CloudPlace, Lease } from '../../contracts/api/orchestration.ts';
import type {
  OptimizationPlan,
  OptimizationResult,
  OptimizationStatus,
  StageJudgement,
  StepName,
} from '../../contracts/api/recommendations.ts';

/** Everything that crosses the boundary between the rollout's workflow and its activities. Plain JSON, small. */

export interface RolloutInput {
  readonly optimizationId: string;
}
export function rolloutWorkflowId(optimizationId: string): string {
  return `optimization-${optimizationId}`;
}
export const ROLLOUT = 'rollout';
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
  readonly step: StepName | null;
  /** The verdict that waits for a person, while one does. */
  readonly onHold: readonly string[] | null;
}

/** A region of a cloud. */
export interface Place {
  readonly provider: CloudProvider;
  readonly region: string;
}
/** The way into the customer's account at one place. */
export interface CloudDoor extends CloudPlace {
  /** AWS. */
  readonly roleArn: string | null;
  /** GCP. */
  readonly serviceAccount: string | null;
}

/** The order as the rollout needs it: what the plan wants, for whom, under which promises. */
export interface RolloutOrder {
  readonly optimizationId: string;
  readonly customerId: string;
  readonly deployment: string;
  readonly plan: OptimizationPlan;
  /** Every place the plan touches; the first one is where the deployment runs. */
  readonly doors: readonly CloudDoor[];
  /** Goes into every write of the desired state: one optimization at a time changes a deployment. */
  readonly lease: Lease;
  /** Nodes that serve the deployment when the order is read. */
  readonly memberIds: readonly string[];
  readonly promisedSavingsUsdPerMonth: number;
  readonly minimumOnDemandShare: number;
  readonly slo: ServiceLevelObjective;
  /** World seconds that pass in a wall second. */
  readonly timeScale: number;
}

/** Nodes to be made alike, a slot each. Their tags find them again, so a slot is filled once, whatever dies meanwhile. */
export interface NodeGroup {
  /** Beginning of the slots' names. */
  readonly name: string;
  readonly place: Place;
  readonly instanceType: string;
  readonly lifecycle: Lifecycle;
  /** The zone of each slot. */
  readonly zones: readonly string[];
  /** Further zones, for when a slot's own has no capacity. */
  readonly fallbackZones: readonly string[];
  /** Where a slot is filled on demand when no zone has spot capacity; null: then it stays empty. */
  readonly onDemandZone: string | null;
  /** The first of these the cloud still knows gives image, key and security groups. */
  readonly likeInstanceIds: readonly string[];
}
/** A slot to be filled; `attempt` counts the nodes it lost before, `avoidZone` is where it lost the last one. */
export interface Slot {
  readonly slot: number;
  readonly attempt: number;
  readonly avoidZone: string | null;
  /** Nodes that do not fill it, though they may still run: the cloud has announced to take them. */
  readonly lostIds: readonly string[];
}
export interface MadeNode {
  readonly instanceId: string;
  readonly zone: string;
  readonly lifecycle: Lifecycle;
}

export interface KnownNode extends MadeNode {
  readonly place: Place;
  readonly instanceType: string;
}

/** The state before anything changed, with which a rollback is compared. */
export interface Snapshot {
  readonly takenAtWorldMs: number;
  /** Running instances of the deployment. */
  readonly instances: readonly { readonly instanceId: string; readonly lifecycle: Lifecycle }[];
  /** Requests each instance served in the window: the weights in force, as measured. */
  readonly requestsByInstance: Readonly<Record<string, number>>;
  readonly engineConfiguration: EngineConfiguration;
  /** By instance id; empty where the agent-runtime reports the deployment's configuration only. */
  readonly engineConfigurations: Readonly<Record<string, EngineConfiguration>>;
  readonly costUsdPerMonth: number;
  readonly requestsPerSecond: number;
  readonly meanQuality: number | null;
  readonly latencyMs: LatencyPercentiles | null;
  readonly windowFromMs: number;
  readonly windowToMs: number;
}
export interface LatencyPercentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Times of a step; the start is kept by the workflow so that the end is reported with it. */
export interface StepStart {
  readonly startedAt: string;
  readonly worldStartedAt: string;
}
/** In the API's own form: it is handed on as it is. */
export type StepEvidence = Readonly<Record<string, unknown>>;
export type FinalStepStatus = 'completed' | 'failed' | 'rolled_back';
/** Which step of the plan: its name and its place among the plan's steps, from 1. */
export interface StepOfPlan {
  readonly optimizationId: string;
  readonly step: StepName;
  readonly order: number;
}

/**
 * What a stage is held to. `strict`: no worse than the control, and the promises. `improving`: no worse than the control,
 * and a promise counts only where the control keeps it. `fewer_nodes`: each node carries more than before, so latency is
 * held to the promises alone.
 */
export type StageMode = 'strict' | 'improving' | 'fewer_nodes';
/** What a window must hold before it is judged. */
export interface StageRequirement {
  readonly requestsPerArm: number;
  readonly qualitySamplesPerArm: number;
  /** The error rate's upper bound must be under the promise; the windows judged before count too. */
  readonly proveErrorRate: boolean;
  readonly mode: StageMode;
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
export interface ClosedWindow extends ArmWindow {
  readonly toMs: number;
}
export interface StageWindow {
  readonly canary: ArmWindow;
  readonly control: ArmWindow;
  readonly requirement: StageRequirement;
  readonly prior: PriorTraffic;
  /** Windows of this stage that a lost node ended: what was asked and failed in them counts as well. */
  readonly interrupted: readonly ClosedWindow[];
  /** Nodes whose loss ends the window. */
  readonly watchIds: readonly string[];
  /** World milliseconds after which the window is judged with what it has. */
  readonly deadlineWorldMs: number;
}
/** How a look at a stage ended. */
export type StageObservation =
  | { readonly kind: 'judged'; readonly judgement: StageJudgement }
  | { readonly kind: 'lost'; readonly instanceIds: readonly string[] };

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
  beginStep(input: StepOfPlan): Promise<StepStart>;
  endStep(
    input: StepOfPlan & {
      start: StepStart;
      status: FinalStepStatus;
      evidence: StepEvidence;
    },
  ): Promise<void>;
  launchNodes(input: {
    order: RolloutOrder;
    group: NodeGroup;
    slots: readonly Slot[];
  }): Promise<{ readonly nodes: readonly MadeNode[]; readonly evidence: StepEvidence }>;
  /** Resolves when all serve, or as soon as one is lost. */
  awaitNodesReady(input: {
    order: RolloutOrder;
    group: NodeGroup;
    instanceIds: readonly string[];
  }): Promise<{ readonly lostIds: readonly string[]; readonly evidence: StepEvidence }>;
  /** Writes the desired state and waits until the agent-runtime has applied it; engines serve again by then. */
  shiftTraffic(input: {
    order: RolloutOrder;
    weights: Readonly<Record<string, number>>;
    configurations: Readonly<Record<string, EngineConfiguration>>;
  }): Promise<{ readonly appliedAtWorldMs: number; readonly evidence: StepEvidence }>;
  observeStage(input: { order: RolloutOrder; window: StageWindow }): Promise<StageObservation>;
  /** Whether no request comes for a while. */
  observeIdle(input: { order: RolloutOrder; fromMs: number }): Promise<{
    readonly idle: boolean;
    readonly requests: number;
    readonly evidence: StepEvidence;
  }>;
  recheckPromise(input: {
    order: RolloutOrder;
    group: NodeGroup;
    nodes: readonly MadeNode[];
    retiringIds: readonly string[];
  }): Promise<{ readonly holds: boolean; readonly reason: string; readonly evidence: StepEvidence }>;
  /** Refuses when a node that shall stay is gone, or too few of them are on demand. */
  checkStaying(input: {
    order: RolloutOrder;
    stayingIds: readonly string[];
  }): Promise<{ readonly evidence: StepEvidence }>;
  terminateNode(input: { order: RolloutOrder; instanceId: string }): Promise<{ readonly state: string }>;
  /** Waits for the cloud to take a node it has announced to take; gives it back when the cloud does not. */
  awaitReclaimed(input: {
    order: RolloutOrder;
    instanceId: string;
  }): Promise<{ readonly evidence: StepEvidence }>;
  /** Which of these instances the cloud no longer runs. */
  findGone(input: { order: RolloutOrder; instanceIds: readonly string[] }): Promise<readonly string[]>;
  /** Which of these instances are gone, or announced to be taken. */
  findLost(input: { order: RolloutOrder; instanceIds: readonly string[] }): Promise<readonly string[]>;
  /** Instances as the cloud remembers them, those that are gone included. */
  describeNodes(input: {
    order: RolloutOrder;
    instanceIds: readonly string[];
  }): Promise<readonly KnownNode[]>;
  /** Gives back what a group of this rollout made. */
  terminateMade(input: {
    order: RolloutOrder;
    group: NodeGroup;
  }): Promise<{ readonly terminatedIds: readonly string[] }>;
  measureOutcome(input: { order: RolloutOrder; snapshot: Snapshot; sinceWorldMs: number | null }): Promise<{
    readonly actualSavingsUsdPerMonth: number;
    readonly measured: Readonly<Record<string, number>>;
  }>;
  verifyRestored(input: { order: RolloutOrder; snapshot: Snapshot }): Promise<{
    readonly restored: boolean;
    readonly differences: readonly string[];
    readonly measured: Readonly<Record<string, number>>;
  }>;
}
