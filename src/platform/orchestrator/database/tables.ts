import type {
  CustomersTable,
  UsersTable,
  SessionsTable,
  RefreshTokensTable,
  ApiKeysTable,
  CredentialsTable,
  PreferencesTable,
  AgentTokensTable,
  RuntimeTokensTable,
  IdempotencyKeysTable,
} from './identity-rows.ts';
import type {
  AgentsTable,
  HeartbeatsTable,
  InstancesTable,
  DeploymentsTable,
  DesiredStatesTable,
  TelemetryBatchesTable,
  AnalysesTable,
  TasksTable,
} from './operation-rows.ts';
import type {
  RecommendationsTable,
  ValidationsTable,
  ApprovalsTable,
  OptimizationsTable,
  OptimizationStepsTable,
  ResolutionsTable,
  RecommendationDependenciesTable,
  DeploymentLeasesTable,
  OutcomesTable,
} from './decision-rows.ts';
import type {
  GoldenRunsTable,
  QualityBaselinesTable,
  QualityComparisonsTable,
  DeploymentConfigurationsTable,
} from './quality-rows.ts';
import type { AuditLogTable, ChainHeadsTable, OutboxTable } from './journal-rows.ts';

/** Every table of PostgreSQL as kysely sees it. */
export interface Tables {
  customers: CustomersTable;
  users: UsersTable;
  sessions: SessionsTable;
  refresh_tokens: RefreshTokensTable;
  api_keys: ApiKeysTable;
  credentials: CredentialsTable;
  preferences: PreferencesTable;
  agent_tokens: AgentTokensTable;
  runtime_tokens: RuntimeTokensTable;
  agents: AgentsTable;
  heartbeats: HeartbeatsTable;
  tasks: TasksTable;
  instances: InstancesTable;
  deployments: DeploymentsTable;
  analyses: AnalysesTable;
  recommendations: RecommendationsTable;
  validations: ValidationsTable;
  approvals: ApprovalsTable;
  optimizations: OptimizationsTable;
  optimization_steps: OptimizationStepsTable;
  resolutions: ResolutionsTable;
  recommendation_dependencies: RecommendationDependenciesTable;
  deployment_leases: DeploymentLeasesTable;
  golden_runs: GoldenRunsTable;
  quality_baselines: QualityBaselinesTable;
  quality_comparisons: QualityComparisonsTable;
  deployment_configurations: DeploymentConfigurationsTable;
  outcomes: OutcomesTable;
  audit_log: AuditLogTable;
  chain_heads: ChainHeadsTable;
  outbox: OutboxTable;
  desired_states: DesiredStatesTable;
  telemetry_batches: TelemetryBatchesTable;
  idempotency_keys: IdempotencyKeysTable;
}
