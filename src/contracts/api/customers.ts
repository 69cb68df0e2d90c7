import type { CloudProvider, Lifecycle, Plan } from './common.ts';

export interface SignupRequest {
  readonly email: string;
  readonly company_name: string;
  /** At least 12 characters. */
  readonly password: string;
  readonly plan: Plan;
}
export interface SignupResponse {
  readonly customer_id: string;
}

export interface LoginRequest {
  readonly email: string;
  readonly password: string;
}
/** `POST /auth/login` and `POST /auth/refresh` ({refresh_token}). */
export interface TokenResponse {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly customer_id: string | null;
  readonly role: 'owner' | 'admin';
}

export interface Customer {
  readonly id: string;
  readonly company_name: string;
  readonly email: string;
  readonly plan: Plan;
  readonly status: 'active' | 'suspended';
  readonly created_at: string;
}

export interface OnboardRequest {
  readonly cloud_provider: CloudProvider;
  readonly region: string;
  /** `arn:aws:iam::<12 digits>:role/<name>`; required for aws. */
  readonly iam_role_arn?: string;
  /** Required for gcp. */
  readonly service_account?: string;
}
export interface OnboardResponse {
  readonly status: 'started';
}

export interface InstallCommandResponse {
  readonly install_command: string;
  /** One use: `POST /agent-runtime/connect` exchanges it for a runtime token. */
  readonly agent_token: string;
}

/** Latency objectives of a deployment, as the customer promised them to its users. */
export interface ServiceLevelObjective {
  /** Latency P95 in normal state, milliseconds. */
  readonly latency_ms_p95: number;
  readonly latency_ms_p99: number;
  /** Latency P95 that is still bearable while one node is missing, milliseconds. */
  readonly latency_ms_p95_degraded: number;
  /** Share of failed requests, 0–1. */
  readonly error_rate: number;
  /** Mean quality score, 0–1. */
  readonly quality_score: number;
}

/** `PATCH /customers/{id}/preferences`: any subset. */
export interface Preferences {
  readonly cost_priority: number;
  readonly performance_priority: number;
  readonly quality_priority: number;
  readonly never_touch_tags: readonly string[];
  /** Nodes of a deployment that must stay on demand. */
  readonly minimum_on_demand_share: number;
  /** Every recommendation needs approval, whatever its saving. */
  readonly always_require_approval: boolean;
  readonly slo: ServiceLevelObjective;
}

export interface InfrastructureResponse {
  readonly status: 'pending' | 'discovered';
  readonly instances: readonly InstanceView[];
  readonly vllm_deployments: readonly DeploymentView[];
  /** USD a month at 730 h: inventory × the customer's rates. */
  readonly monthly_cost: number;
}
export interface InstanceView {
  readonly instance_id: string;
  readonly provider: CloudProvider;
  readonly region: string;
  readonly zone: string;
  readonly instance_type: string;
  readonly lifecycle: Lifecycle;
  readonly state: 'pending' | 'running' | 'shutting-down' | 'terminated';
  /** The engine on it serves requests. */
  readonly ready: boolean;
  readonly usd_per_hour: number;
  readonly launched_at: string;
  readonly deployment: string | null;
  /** When the cloud takes the instance away, in world time; absent or null while it has announced nothing. */
  readonly interruption_at?: string | null;
  /** As discovered; absent when the inventory holds none, and then no never-touch rule can be shown to hold. */
  readonly tags?: Readonly<Record<string, string>>;
}
export interface DeploymentView {
  readonly name: string;
  readonly model: string;
  readonly engine_configuration: EngineConfiguration;
  /** By instance id, where the agent-runtime reported it. */
  readonly engine_configurations?: Readonly<Record<string, EngineConfiguration>>;
  readonly instance_ids: readonly string[];
  /** World time at which the last optimization gave it back; what was measured before is of another fleet. Absent: none has. */
  readonly unchanged_since?: string;
}

/** What the serving engine runs with; field's terms (vLLM). */
export interface EngineConfiguration {
  readonly tensor_parallel_size: number;
  readonly kv_allocation: 'static' | 'paged';
  readonly prefix_caching: boolean;
  readonly scheduler: 'prefill_first' | 'chunked';
  readonly quantization: 'bf16' | 'fp8' | 'int8' | 'w4a16';
  readonly max_model_len: number;
  /** Checkpoint of the model (`--revision`). */
  readonly revision: string;
  /** Prompt template the server applies (`--chat-template`). */
  readonly chat_template: string;
}

export const METRIC_TYPES = [
  'monthly_cost',
  'cost_rate',
  'quality_score',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'throughput',
  'error_rate',
  'gpu_utilization',
] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** `GET /customers/{id}/metrics?metric_type&start&end&resolution` (seconds of world time a point; `all` = one point). */
export interface MetricSeries {
  readonly metric_type: MetricType;
  readonly unit: string;
  readonly points: readonly MetricPoint[];
}
export interface MetricPoint {
  readonly timestamp: string;
  readonly value: number;
  readonly sample_size: number;
}

export interface AuditEntry {
  readonly id: string;
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly previous_hash: string;
  readonly hash: string;
}
export interface AuditVerification {
  readonly valid: boolean;
  readonly entries: number;
  /** Sequence of the first entry whose hash does not fit. */
  readonly first_broken_sequence: number | null;
}
