import type { GoldenAnswer } from '../../../contracts/api/agent-runtime.ts';
import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import type { GoldenRunStatus, QualityComparisonReport } from '../../../contracts/api/orchestration.ts';
import type { QualityBaseline } from '../../../contracts/api/recommendations.ts';
import type {
  Defaulted,
  DefaultedJson,
  Json,
  Nullable,
  NullableJson,
  NullableTimestamp,
  Timestamp,
} from './columns.ts';

/** How good answers are and were, and with which engine configuration. */

export interface GoldenRunsTable {
  id: string;
  customer_id: string;
  deployment: string;
  /** As last reported when the run was ordered. */
  engine_configuration: Json<EngineConfiguration>;
  prompts: number;
  status: GoldenRunStatus['status'];
  answers: DefaultedJson<readonly GoldenAnswer[]>;
  problem: Nullable<string>;
  created_at: Timestamp;
  finished_at: NullableTimestamp;
}

export interface QualityBaselinesTable {
  id: string;
  customer_id: string;
  /** Set: part of an opinion. Null: what a deployment's configuration is held against. */
  recommendation_id: Nullable<string>;
  deployment: Nullable<string>;
  engine_configuration: NullableJson<EngineConfiguration>;
  source: QualityBaseline['source'];
  golden_run_id: Nullable<string>;
  mean_score: number;
  interval_low: number;
  interval_high: number;
  standard_deviation: number;
  sample_size: number;
  created_at: Timestamp;
}

export interface QualityComparisonsTable {
  golden_run_id: string;
  customer_id: string;
  baseline_id: string;
  deployment: string;
  verdict: QualityComparisonReport['verdict'];
  pairs: number;
  baseline_mean: number;
  present_mean: number;
  quality_drop: Nullable<number>;
  quality_drop_lower: Nullable<number>;
  quality_drop_upper: Nullable<number>;
  created_at: Timestamp;
}

export interface DeploymentConfigurationsTable {
  customer_id: string;
  deployment: string;
  /** What the deployment is known to run with. */
  settled: Json<EngineConfiguration>;
  /** Another configuration that was reported since, and how often in a row. */
  candidate: NullableJson<EngineConfiguration>;
  candidate_reports: number;
  /** Nodes that ran it then. */
  candidate_nodes: Defaulted<number>;
  /** Wall time of the last inventory. */
  looked_at: Timestamp;
}
