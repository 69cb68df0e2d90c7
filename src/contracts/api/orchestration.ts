import type { AgentType, CloudProvider } from './common.ts';
import type { DeploymentView, InstanceView, Preferences } from './customers.ts';
import type {
  ExecutionStep,
  MigrationPlan,
  Optimization,
  OptimizationResult,
  OptimizationStatus,
  QualityBaseline,
  Recommendation,
  SavingsForecast,
  Validation,
} from './recommendations.ts';
import type { DesiredState } from './agent-runtime.ts';

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
export type TaskType = 'analyze' | 'validate' | 'learn';

/** `POST {agent}/tasks`. An agent answers the same `task_id` with the same result and works on it once. */
export type AgentTask =
  | {
      readonly task_id: string;
      readonly type: 'analyze';
      readonly customer_id: string;
      readonly analysis_id: string;
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
    };

export type AgentTaskResult =
  | {
      readonly type: 'analyze';
      readonly recommendations: readonly RecommendationDraft[];
      readonly findings: readonly string[];
    }
  | { readonly type: 'validate'; readonly validation: ValidationDraft }
  | { readonly type: 'learn'; readonly pattern_id: string; readonly features: readonly number[] };

export interface AgentTaskAnswer {
  readonly task_id: string;
  readonly agent_id: string;
  readonly execution_time_ms: number;
  readonly result: AgentTaskResult;
}

export interface RecommendationDraft {
  readonly type: string;
  readonly title: string;
  readonly confidence: number;
  readonly risk_level: Recommendation['risk_level'];
  readonly reasons: readonly string[];
  readonly plan: MigrationPlan;
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
  readonly cloud: { readonly provider: CloudProvider; readonly region: string; readonly account_id: string };
  readonly instances: readonly InstanceView[];
  readonly deployments: readonly DeploymentView[];
  readonly preferences: Preferences;
}
/** `GET /internal/customers/{id}/cloud-access` (service key): the unsealed way into the customer's cloud. */
export interface CloudAccess {
  readonly provider: CloudProvider;
  readonly region: string;
  readonly iam_role_arn: string | null;
  readonly service_account: string | null;
}
/** `PUT /internal/customers/{id}/desired-state` (service key); the generation is the orchestrator's. */
export type DesiredStateRequest = Omit<DesiredState, 'generation'>;
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
  readonly cloud_access: CloudAccess;
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
