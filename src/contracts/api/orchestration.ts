import type { AgentType, CloudProvider } from './common.ts';
import type { DeploymentView, EngineConfiguration, InstanceView, Preferences } from './customers.ts';
import type {
  ExecutionStep,
  HybridPlan,
  Optimization,
  OptimizationPlan,
  OptimizationResult,
  OptimizationStatus,
  QualityBaseline,
  Recommendation,
  RecommendationType,
  SavingsForecast,
  Validation,
} from './recommendations.ts';
import type { DesiredState, GoldenAnswer } from './agent-runtime.ts';

/** Between orchestrator and agents. Agents present the agent key as `Authorization: Bearer`. */

export interface RegisterAgentRequest {
  readonly agent_type: AgentType;
  readonly name: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  /** Base URL of the agent, to which the orchestrator posts `/tasks`. */
  readonly endpoint: string;
}
export interface RegisterAgentResponse {
  readonly agent_id: string;
}
export interface HeartbeatRequest {
  readonly status: 'healthy' | 'draining';
  readonly current_tasks: number;
  /** 0–1. */
  readonly load: number;
}
/** Agents beat every 10 s of wall time; three missed beats make one unreachable. */
export const HEARTBEAT_INTERVAL_MS = 10_000;
export const MISSED_HEARTBEATS_UNTIL_UNREACHABLE = 3;

export interface AgentView {
  readonly agent_id: string;
  readonly agent_type: AgentType;
  readonly name: string;
  readonly version: string;
  readonly status: 'healthy' | 'unreachable' | 'deregistered';
  readonly endpoint: string;
  readonly load: number;
  readonly current_tasks: number;
  readonly last_heartbeat_at: string | null;
}

export const TASK_TIME_LIMIT_MS = 30_000;
export const TASK_ATTEMPTS = 3;
export const TASK_TYPES = ['analyze', 'validate', 'learn', 'negotiate', 'resolution_executed'] as const;
export type TaskType = (typeof TASK_TYPES)[number];

/** Why an analysis was started, when nobody asked for it. */
export type AnalysisTrigger =
  /** The cloud has announced that it takes this spot node. */
  | { readonly kind: 'interruption'; readonly instance_id: string }
  /** Nodes run on demand only because spot had no capacity. */
  | { readonly kind: 'fallback_nodes'; readonly instance_ids: readonly string[] }
  /** The deployment's configuration changed, and not by an optimization. */
  | {
      readonly kind: 'configuration_changed';
      readonly deployment: string;
      readonly from: EngineConfiguration;
      readonly to: EngineConfiguration;
    };

/** `POST {agent}/tasks`. An agent answers the same `task_id` with the same result and works on it once. */
export type AgentTask =
  | {
      readonly task_id: string;
      readonly type: 'analyze';
      readonly customer_id: string;
      readonly analysis_id: string;
      /** Null: a person or the API asked. */
      readonly trigger: AnalysisTrigger | null;
    }
  | {
      readonly task_id: string;
      readonly type: 'validate';
      readonly customer_id: string;
      readonly recommendation: Recommendation;
    }
  | {
      readonly task_id: string;
      readonly type: 'learn';
      readonly customer_id: string;
      readonly recommendation: Recommendation;
      readonly optimization: Optimization;
    }
  | {
      /** Is there a plan that gives each of these recommendations its part? Asked of the performance agent. */
      readonly task_id: string;
      readonly type: 'negotiate';
      readonly customer_id: string;
      readonly recommendations: readonly Recommendation[];
    }
  | {
      readonly task_id: string;
      readonly type: 'resolution_executed';
      readonly customer_id: string;
      readonly resolution: ConflictResolution;
      readonly optimization_ids: readonly string[];
    };

export type AgentTaskResult =
  | {
      readonly type: 'analyze';
      readonly recommendations: readonly RecommendationDraft[];
      readonly findings: readonly string[];
    }
  | { readonly type: 'validate'; readonly validation: ValidationDraft }
  | { readonly type: 'learn'; readonly pattern_id: string; readonly features: readonly number[] }
  | {
      readonly type: 'negotiate';
      readonly hybrid: HybridSolution | null;
      readonly reasons: readonly string[];
    }
  | { readonly type: 'resolution_executed'; readonly acknowledged: true };

/** A plan made from several recommendations, with a prediction of its own. */
export interface HybridSolution {
  readonly plan: HybridPlan;
  readonly forecast: SavingsForecast;
  readonly confidence: number;
  readonly risk_level: Recommendation['risk_level'];
  readonly reasons: readonly string[];
}

/** `POST /orchestrator/resolve-conflict`. */
export interface ResolveConflictRequest {
  readonly customer_id: string;
  /** At least two, all open and of this customer. */
  readonly recommendation_ids: readonly string[];
}
export const CONFLICT_KINDS = ['same_resource', 'contradictory_action', 'dependency'] as const;
export interface Conflict {
  readonly kind: (typeof CONFLICT_KINDS)[number];
  readonly between: readonly [string, string];
  readonly deployment: string;
  readonly reason: string;
}
export const RESOLUTION_STRATEGIES = [
  'prioritize_customer',
  'negotiate_hybrid',
  'sequential_execution',
] as const;
export type ResolutionStrategy = (typeof RESOLUTION_STRATEGIES)[number];
/** Answer of `resolve-conflict`; exactly the payload of its strategy is not null. */
export interface ConflictResolution {
  readonly resolution_id: string;
  readonly customer_id: string;
  readonly conflict_detected: boolean;
  readonly conflicts: readonly Conflict[];
  readonly resolution_strategy: ResolutionStrategy;
  readonly chosen_recommendation: string | null;
  readonly hybrid_solution: HybridSolution | null;
  /** Only with a hybrid: the recommendation made of it, which the other agents validate before it can be executed. */
  readonly hybrid_recommendation_id?: string;
  /** Groups run one after another; the recommendations within a group touch disjoint deployments and run in parallel. */
  readonly execution_order: readonly (readonly string[])[] | null;
  readonly rejected: readonly { readonly recommendation_id: string; readonly reason: string }[];
  readonly reasons: readonly string[];
  /** Who was heard: the author of every recommendation and those who validated them. */
  readonly participants: readonly AgentType[];
}
/** `POST /orchestrator/execute-resolution`. */
export interface ExecuteResolutionRequest {
  readonly customer_id: string;
  readonly resolution_id: string;
  readonly reason: string;
}
export interface ExecuteResolutionResponse {
  readonly resolution_id: string;
  /** The first one to be executed. */
  readonly optimization_id: string;
  readonly optimization_ids: readonly string[];
}
/** `PUT /recommendations/{id}/dependencies`: refused with `DEPENDENCY_CYCLE`, which names the circle. */
export interface DependenciesRequest {
  readonly depends_on: readonly string[];
}

export interface AgentTaskAnswer {
  readonly task_id: string;
  readonly agent_id: string;
  readonly execution_time_ms: number;
  readonly result: AgentTaskResult;
}

export interface RecommendationDraft {
  readonly type: RecommendationType;
  readonly title: string;
  readonly confidence: number;
  readonly risk_level: Recommendation['risk_level'];
  readonly reasons: readonly string[];
  readonly plan: OptimizationPlan;
  readonly forecast: SavingsForecast;
}
export type ValidationDraft = Omit<Validation, 'agent_type' | 'agent_id' | 'approved' | 'at' | 'baseline'> & {
  readonly baseline: Omit<QualityBaseline, 'id'> | null;
};

export interface TaskView {
  readonly task_id: string;
  readonly customer_id: string;
  readonly agent_type: AgentType;
  readonly type: TaskType;
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'timeout';
  readonly attempts: number;
  /** The instance that answered, or that holds it now. */
  readonly agent_id: string | null;
  readonly result: AgentTaskResult | null;
  readonly error: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

/** Internal routes, reachable with the agent key (reads) or the service key (reads and writes). */

/** `GET /internal/customers/{id}/context` (agent key): all an agent may know of a customer apart from telemetry. */
export interface CustomerContext {
  readonly customer_id: string;
  /** Where the customer was onboarded first. */
  readonly cloud: CloudPlace;
  /** Every place the customer gave access to, the first one included. */
  readonly clouds: readonly CloudPlace[];
  readonly instances: readonly InstanceView[];
  readonly deployments: readonly DeploymentView[];
  readonly preferences: Preferences;
}
export interface CloudPlace {
  readonly provider: CloudProvider;
  readonly region: string;
  /** AWS account or GCP project. */
  readonly account_id: string;
}
/** `GET /internal/customers/{id}/cloud-access?provider=` (service key): the unsealed way into the customer's cloud. */
export interface CloudAccess {
  readonly provider: CloudProvider;
  readonly region: string;
  readonly iam_role_arn: string | null;
  readonly service_account: string | null;
}
/** `PUT /internal/customers/{id}/desired-state` (service key); the generation is the orchestrator's. */
export type DesiredStateRequest = Omit<DesiredState, 'generation'> & {
  /** The lease under which it is written; a token older than the deployment's newest is refused with `STALE_LEASE`. */
  readonly lease: Lease;
};
/** The right to change a deployment: one optimization at a time, with a number that only grows (fencing). */
export interface Lease {
  readonly optimization_id: string;
  readonly fencing_token: number;
}
/** `GET /internal/customers/{id}/desired-state/{generation}`. */
export interface DesiredStateStatus {
  readonly generation: number;
  readonly applied: boolean;
  readonly applied_at_ms: number | null;
  readonly problems: Readonly<Record<string, string>>;
}
/** `GET /internal/optimizations/{id}` (service key). */
export interface ExecutionOrder {
  readonly optimization: Optimization;
  readonly recommendation: Recommendation;
  readonly context: CustomerContext;
  /** Access to every place the plan touches, the first one is where the deployment runs. */
  readonly cloud_access: readonly CloudAccess[];
  readonly lease: Lease;
}
/** `POST /internal/customers/{id}/golden-runs` (agent key) orders a run, `GET …/golden-runs/{run}` says how it stands. */
export interface GoldenRunRequest {
  readonly deployment: string;
  readonly prompts: number;
}
export interface GoldenRunStatus {
  readonly golden_run_id: string;
  readonly deployment: string;
  readonly status: 'ordered' | 'completed' | 'failed';
  readonly answers: readonly GoldenAnswer[];
  readonly problem: string | null;
}
/** `GET /internal/customers/{id}/baselines?deployment=` (agent key): the newest golden baseline, or 404. */
export interface GoldenBaseline {
  readonly baseline: QualityBaseline;
  readonly engine_configuration: EngineConfiguration;
  readonly answers: readonly GoldenAnswer[];
}
/** `POST /internal/customers/{id}/baselines` (agent key). */
export interface GoldenBaselineRequest {
  readonly deployment: string;
  readonly engine_configuration: EngineConfiguration;
  readonly baseline: Omit<QualityBaseline, 'id'>;
}
/**
 * `POST /internal/customers/{id}/quality-comparisons` (agent key): a golden run held against the baseline, paired by
 * prompt; once a golden run. A `regression` becomes the event `quality.regression_found`.
 */
export interface QualityComparisonReport {
  readonly deployment: string;
  readonly baseline_id: string;
  readonly golden_run_id: string;
  readonly verdict: 'kept' | 'regression' | 'inconclusive';
  /** Prompts that both runs answered. */
  readonly pairs: number;
  readonly baseline_mean: number;
  readonly present_mean: number;
  /** Relative drop of the mean and its one-sided 95 % bounds; null with fewer than two pairs. */
  readonly quality_drop: number | null;
  readonly quality_drop_lower: number | null;
  readonly quality_drop_upper: number | null;
}
/** `PUT /internal/optimizations/{id}/steps/{name}` (service key): idempotent, events and audit follow from it. */
export type StepReport = Omit<ExecutionStep, 'name'>;
/** `PUT /internal/optimizations/{id}/status` (service key). */
export interface StatusReport {
  readonly status: OptimizationStatus;
  readonly result: OptimizationResult | null;
  readonly actual_savings: number | null;
}

/** `POST {executor}/executions` (service key): starts the rollout once, whatever the number of calls. */
export interface ExecutionRequest {
  readonly optimization_id: string;
}
/** `POST {executor}/executions/{id}/cancel` and `/decision`. */
export interface DecisionOnHold {
  readonly decision: 'continue' | 'rollback';
  readonly by: string;
  readonly reason: string;
}
