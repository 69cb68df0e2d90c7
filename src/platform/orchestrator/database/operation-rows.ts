import type { CloudProvider, AgentType, Lifecycle } from '../../../contracts/api/common.ts';
import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import type {
  AgentTaskResult,
  AnalysisTrigger,
  TaskType,
  TaskView,
} from '../../../contracts/api/orchestration.ts';
import type { DesiredDeployment, InstanceReport } from '../../../contracts/api/agent-runtime.ts';
import type {
  Timestamp,
  NullableTimestamp,
  Nullable,
  Defaulted,
  Json,
  NullableJson,
  StringMap,
  NumberMap,
} from './columns.ts';

/** Agents, what runs at a customer, and what was asked of the agents. */

export interface AgentsTable {
  id: string;
  agent_type: AgentType;
  name: string;
  version: string;
  capabilities: Json<readonly string[]>;
  endpoint: string;
  status: 'healthy' | 'unreachable' | 'deregistered';
  load: Defaulted<number>;
  current_tasks: Defaulted<number>;
  registered_at: Timestamp;
  last_heartbeat_at: NullableTimestamp;
}

export interface HeartbeatsTable {
  agent_id: string;
  at: Timestamp;
  status: 'healthy' | 'draining';
  load: number;
  current_tasks: number;
}

export interface InstancesTable {
  customer_id: string;
  instance_id: string;
  provider: CloudProvider;
  region: string;
  zone: string;
  instance_type: string;
  lifecycle: Lifecycle;
  state: InstanceReport['state'];
  ready: boolean;
  usd_per_hour: number;
  tags: Json<StringMap>;
  deployment: Nullable<string>;
  /** World time. */
  launched_at: Timestamp;
  interruption_at: NullableTimestamp;
  observed_at: Timestamp;
}

export interface DeploymentsTable {
  customer_id: string;
  name: string;
  model: string;
  engine_configuration: Json<EngineConfiguration>;
  /** By instance, where the runtime reported it. */
  engine_configurations: NullableJson<Readonly<Record<string, EngineConfiguration>>>;
  instance_ids: Json<readonly string[]>;
  weights: Json<NumberMap>;
  /** World time. */
  observed_at: Timestamp;
}

export interface DesiredStatesTable {
  customer_id: string;
  generation: number;
  deployments: Json<readonly DesiredDeployment[]>;
  requested_by: string;
  created_at: Timestamp;
  applied_at: NullableTimestamp;
  problems: NullableJson<StringMap>;
}

export interface TelemetryBatchesTable {
  customer_id: string;
  batch_id: string;
  /** SHA-256 of the batch, hex: the same id with other content is refused. */
  digest: Nullable<string>;
  status: 'received' | 'stored';
  requests: number;
  received_at: Timestamp;
  stored_at: NullableTimestamp;
}

export interface AnalysesTable {
  id: string;
  customer_id: string;
  agent_type: AgentType;
  status: 'started' | 'completed' | 'failed';
  requested_by: string;
  findings: NullableJson<readonly string[]>;
  /** Why the platform asked; null when a person did. */
  trigger: NullableJson<AnalysisTrigger>;
  world_created_at: NullableTimestamp;
  error: Nullable<string>;
  created_at: Timestamp;
  finished_at: NullableTimestamp;
}

export interface TasksTable {
  id: string;
  customer_id: string;
  agent_type: AgentType;
  type: TaskType;
  status: TaskView['status'];
  attempts: Defaulted<number>;
  agent_id: Nullable<string>;
  /** The body sent to the agent, `task_id` included. */
  payload: Json<Readonly<Record<string, unknown>>>;
  result: NullableJson<AgentTaskResult>;
  error: Nullable<string>;
  /** Internal work waits for an agent; a caller's work fails at once. */
  internal: boolean;
  analysis_id: Nullable<string>;
  recommendation_id: Nullable<string>;
  optimization_id: Nullable<string>;
  resolution_id: Nullable<string>;
  created_at: Timestamp;
  started_at: NullableTimestamp;
  finished_at: NullableTimestamp;
  next_attempt_at: NullableTimestamp;
}
