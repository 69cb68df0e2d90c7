import type { CloudProvider, Lifecycle } from './common.ts';
import type { EngineConfiguration } from './customers.ts';

/** Routes of the customer's agent-runtime. `connect` presents the one-use agent token, the rest the runtime token. */

export interface ConnectRequest {
  readonly version: string;
  readonly hostname: string;
}
export interface ConnectResponse {
  readonly connected: true;
  readonly customer_id: string;
  /** Bearer token for all further calls of this runtime. */
  readonly runtime_token: string;
}

/** `POST /agent-runtime/discover`: the whole inventory as seen now; what is absent has gone. */
export interface DiscoverRequest {
  /** World time, epoch milliseconds. */
  readonly observed_at_ms: number;
  readonly instances: readonly InstanceReport[];
  readonly deployments: readonly DeploymentReport[];
}
export interface InstanceReport {
  readonly instance_id: string;
  readonly provider: CloudProvider;
  readonly region: string;
  readonly zone: string;
  readonly instance_type: string;
  readonly lifecycle: Lifecycle;
  readonly state: 'pending' | 'running' | 'shutting-down' | 'terminated';
  readonly ready: boolean;
  readonly launched_at_ms: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Set while the cloud has announced that it will take the instance away. */
  readonly interruption_at_ms: number | null;
}
export interface DeploymentReport {
  readonly name: string;
  readonly model: string;
  readonly engine_configuration: EngineConfiguration;
  /** By instance id, of every node that runs an engine; nodes differ while a change is rolled out. */
  readonly engine_configurations?: Readonly<Record<string, EngineConfiguration>>;
  readonly instance_ids: readonly string[];
  /** Traffic weights now in force, by instance id. */
  readonly weights: Readonly<Record<string, number>>;
}

/** `POST /agent-runtime/telemetry`. The same `batch_id` is counted once, whatever the number of deliveries. */
export interface TelemetryBatch {
  readonly batch_id: string;
  readonly deployment: string;
  readonly requests: readonly RequestRecord[];
  readonly iterations: readonly IterationSample[];
  readonly gpu: readonly GpuSample[];
}
export interface TelemetryResponse {
  readonly accepted: number;
  readonly duplicate: boolean;
}
/** One finished request. Times are world epoch milliseconds. */
export interface RequestRecord {
  readonly request_id: string;
  readonly instance_id: string;
  readonly arrived_at_ms: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cached_tokens: number;
  readonly ttft_ms: number;
  readonly latency_ms: number;
  readonly status: 'ok' | 'error';
  readonly error_reason: string | null;
  /** 0–1; null when the request failed. */
  readonly quality_score: number | null;
  /** Size on the wire, as the serving side counts it; absent where it does not. */
  readonly request_bytes?: number;
  readonly response_bytes?: number;
}
/** A sampled iteration of the engine: what was in it and how long it took (with measurement noise). */
export interface IterationSample {
  readonly instance_id: string;
  readonly at_ms: number;
  readonly prefill_tokens: number;
  readonly decoding_requests: number;
  readonly duration_ms: number;
}
export interface GpuSample {
  readonly instance_id: string;
  readonly at_ms: number;
  /** Share of time the engine was busy, 0–1. */
  readonly utilization: number;
  readonly memory_utilization: number;
}

/** `GET /agent-runtime/desired-state?after_generation=N&wait_ms=M` answers when a newer one exists, or 204 after the wait. */
export interface DesiredState {
  readonly generation: number;
  readonly deployments: readonly DesiredDeployment[];
}
export interface DesiredDeployment {
  readonly name: string;
  /** Relative traffic weights by instance id. Absent or 0: drain it, finish what runs, send nothing new. */
  readonly weights: Readonly<Record<string, number>>;
  /** Engine configuration by instance id; absent: leave as it is. */
  readonly engine_configurations: Readonly<Record<string, EngineConfiguration>>;
}
/** `POST /agent-runtime/desired-state/applied`. */
export interface AppliedState {
  readonly generation: number;
  readonly applied_at_ms: number;
  /** Empty when all went well; else what could not be applied, by instance id. */
  readonly problems: Readonly<Record<string, string>>;
}

/**
 * Golden prompts: a fixed set of prompts with known good answers, asked like any request. The platform orders a run, the
 * runtime asks and scores. `GET /agent-runtime/golden-runs/next?wait_ms=M` answers with the oldest open one, or 204.
 */
export interface GoldenRunOrder {
  readonly golden_run_id: string;
  readonly deployment: string;
  /** How many prompts of the set, from the first; the same number asks the same prompts. */
  readonly prompts: number;
}
/** `POST /agent-runtime/golden-results`; the first complete result counts, a repeated one changes nothing. */
export interface GoldenResults {
  readonly golden_run_id: string;
  readonly answers: readonly GoldenAnswer[];
  /** Why prompts stayed without an answer; null when all were answered. */
  readonly problem: string | null;
}
export interface GoldenAnswer {
  readonly prompt_id: string;
  readonly instance_id: string;
  /** World epoch milliseconds. */
  readonly answered_at_ms: number;
  readonly latency_ms: number;
  /** 0–1. */
  readonly quality_score: number;
}
