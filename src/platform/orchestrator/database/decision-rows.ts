import type { AgentType, RiskLevel } from '../../../contracts/api/common.ts';
import type { ConflictResolution, ResolutionStrategy } from '../../../contracts/api/orchestration.ts';
import type {
  ExecutionStep,
  OpinionVerdict,
  OptimizationPlan,
  OptimizationResult,
  OptimizationStatus,
  RecommendationStatus,
  RecommendationType,
  SavingsForecast,
} from '../../../contracts/api/recommendations.ts';
import type {
  Timestamp,
  NullableTimestamp,
  Nullable,
  Defaulted,
  Json,
  DefaultedJson,
  NullableJson,
  NumberMap,
} from './columns.ts';

/** What agents propose, what was decided, done and learned. */

export interface RecommendationsTable {
  id: string;
  customer_id: string;
  analysis_id: string;
  type: RecommendationType;
  agent_type: AgentType;
  agent_id: Nullable<string>;
  status: RecommendationStatus;
  vetoed: Defaulted<boolean>;
  title: string;
  estimated_savings_usd_per_month: number;
  savings_low_usd_per_month: number;
  savings_high_usd_per_month: number;
  confidence: number;
  risk_level: RiskLevel;
  reasons: Json<readonly string[]>;
  plan: Json<OptimizationPlan>;
  forecast: Json<SavingsForecast>;
  requires_approval: boolean;
  created_at: Timestamp;
  expires_at: Timestamp;
}

export interface ValidationsTable {
  id: string;
  customer_id: string;
  recommendation_id: string;
  agent_type: AgentType;
  agent_id: string;
  verdict: OpinionVerdict;
  reasons: Json<readonly string[]>;
  condition: Nullable<string>;
  figures: Json<NumberMap>;
  baseline_id: Nullable<string>;
  at: Timestamp;
}

export interface ApprovalsTable {
  id: string;
  customer_id: string;
  /** Unique: a recommendation is decided once. */
  recommendation_id: string;
  decision: 'approved' | 'rejected';
  decided_by: string;
  reason: string;
  at: Timestamp;
}

export interface OptimizationsTable {
  id: string;
  customer_id: string;
  recommendation_id: string;
  /** The deployment it changes; it waits until nobody else holds it. */
  deployment: string;
  status: OptimizationStatus;
  result: NullableJson<OptimizationResult>;
  actual_savings_usd_per_month: Nullable<number>;
  created_at: Timestamp;
  started_at: NullableTimestamp;
  finished_at: NullableTimestamp;
  /** When the executor took the order; null: the dispatcher still owes it. */
  delivered_at: NullableTimestamp;
  delivery_attempts: Defaulted<number>;
  next_delivery_at: NullableTimestamp;
}

export interface OptimizationStepsTable {
  optimization_id: string;
  name: string;
  customer_id: string;
  step_order: number;
  status: ExecutionStep['status'];
  started_at: NullableTimestamp;
  finished_at: NullableTimestamp;
  world_started_at: NullableTimestamp;
  world_finished_at: NullableTimestamp;
  evidence: DefaultedJson<Readonly<Record<string, unknown>>>;
}

export interface ResolutionsTable {
  id: string;
  customer_id: string;
  recommendation_ids: Json<readonly string[]>;
  strategy: ResolutionStrategy;
  /** The answer as it was given. */
  payload: Json<ConflictResolution>;
  reasons: Json<readonly string[]>;
  created_at: Timestamp;
  executed_at: NullableTimestamp;
  executed_by: Nullable<string>;
  optimization_ids: NullableJson<readonly string[]>;
  hybrid_recommendation_id: Nullable<string>;
}

export interface RecommendationDependenciesTable {
  customer_id: string;
  recommendation_id: string;
  depends_on: string;
}

/** One row a deployment that was ever changed; `optimization_id` is null while nobody holds it. */
export interface DeploymentLeasesTable {
  customer_id: string;
  deployment: string;
  optimization_id: Nullable<string>;
  /** Grows with every holder. */
  fencing_token: number;
  world_acquired_at: Timestamp;
  world_released_at: NullableTimestamp;
}

export interface OutcomesTable {
  id: string;
  customer_id: string;
  optimization_id: string;
  recommendation_id: string;
  status: OptimizationStatus;
  predicted_savings_usd_per_month: number;
  measured_savings_usd_per_month: Nullable<number>;
  /** (predicted − measured) ÷ measured; null without a measurement. */
  forecast_error: Nullable<number>;
  pattern_id: Nullable<string>;
  features: NullableJson<readonly number[]>;
  created_at: Timestamp;
}
