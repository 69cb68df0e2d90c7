import type { AgentType, Lifecycle, RiskLevel } from './common.ts';

export const RECOMMENDATION_STATUSES = [
  'pending',
  'validated',
  'approved',
  'rejected',
  'expired',
  'executing',
  'completed',
  'failed',
  'rolled_back',
] as const;
export type RecommendationStatus = (typeof RECOMMENDATION_STATUSES)[number];

export interface Recommendation {
  readonly id: string;
  readonly customer_id: string;
  readonly analysis_id: string;
  readonly type: string;
  readonly agent_type: AgentType;
  readonly status: RecommendationStatus;
  readonly title: string;
  /** USD a month. */
  readonly estimated_savings: number;
  /** USD a month: the interval over the interruption presets. */
  readonly estimated_savings_range: { readonly low: number; readonly high: number };
  /** 0–1. */
  readonly confidence: number;
  readonly risk_level: RiskLevel;
  readonly reasons: readonly string[];
  readonly plan: MigrationPlan;
  readonly forecast: SavingsForecast;
  readonly validations: readonly Validation[];
  readonly requires_approval: boolean;
  readonly created_at: string;
  readonly expires_at: string;
}

/** The plan of a `spot_migration`. */
export interface MigrationPlan {
  readonly kind: 'spot_migration';
  readonly deployment: string;
  readonly provider: 'aws';
  readonly region: string;
  readonly instance_type: string;
  /** Instances to be replaced and terminated. */
  readonly replace_instance_ids: readonly string[];
  /** Instances that stay on demand. */
  readonly keep_instance_ids: readonly string[];
  /** Spot nodes to create, with their zones, best pool first. */
  readonly spot_nodes: readonly { readonly zone: string; readonly usd_per_hour: number }[];
  /** Zones to fall back to when a pool has no capacity. */
  readonly fallback_zones: readonly string[];
  readonly kept_on_demand_share: number;
}

/** What the saving was predicted from, so that anyone can recompute it. */
export interface SavingsForecast {
  readonly cost_before_usd_per_month: number;
  readonly cost_after_usd_per_month: number;
  /** Before learning corrected it. */
  readonly raw_savings_usd_per_month: number;
  readonly savings_usd_per_month: number;
  readonly low_usd_per_month: number;
  readonly high_usd_per_month: number;
  readonly inputs: Readonly<Record<string, number>>;
  /** Patterns that corrected the forecast, nearest first; empty when none was near enough. */
  readonly patterns: readonly {
    readonly pattern_id: string;
    readonly similarity: number;
    readonly ratio: number;
  }[];
}

export const OPINIONS = ['approve', 'approve_with_condition', 'veto'] as const;
export type OpinionVerdict = (typeof OPINIONS)[number];

/** An agent's opinion on a recommendation, each with reasons computed from data. */
export interface Validation {
  readonly agent_type: AgentType;
  readonly agent_id: string;
  readonly verdict: OpinionVerdict;
  readonly approved: boolean;
  readonly reasons: readonly string[];
  readonly condition: string | null;
  /** Numbers the opinion rests on, units in the names. */
  readonly figures: Readonly<Record<string, number>>;
  /** Only the application agent: the baseline it recorded. */
  readonly baseline: QualityBaseline | null;
  readonly at: string;
}

export interface QualityBaseline {
  readonly id: string;
  readonly mean_score: number;
  /** Two-sided 95 % interval of the mean. */
  readonly interval: { readonly low: number; readonly high: number };
  readonly standard_deviation: number;
  readonly sample_size: number;
}

export interface DecisionRequest {
  /** Why, in the customer's words. */
  readonly reason: string;
}
export interface ApproveResponse {
  readonly status: 'approved';
  readonly optimization_id: string;
}

export interface AnalyzeRequest {
  readonly agent_type: AgentType;
}
export interface AnalyzeResponse {
  readonly status: 'started';
  readonly analysis_id: string;
  readonly task_id: string;
}

/** The seven steps of a migration, in order, named exactly so. */
export const MIGRATION_STEPS = [
  'create_spot_instances',
  'deploy_canary',
  'validate_canary',
  'scale_to_50_percent',
  'validate_50_percent',
  'full_migration',
  'terminate_ondemand',
] as const;
export type MigrationStep = (typeof MIGRATION_STEPS)[number];

export const OPTIMIZATION_STATUSES = [
  'queued',
  'executing',
  'awaiting_decision',
  'rolling_back',
  'completed',
  'failed',
  'rolled_back',
  'cancelled',
] as const;
export type OptimizationStatus = (typeof OPTIMIZATION_STATUSES)[number];
export const TERMINAL_OPTIMIZATION_STATUSES: readonly OptimizationStatus[] = [
  'completed',
  'failed',
  'rolled_back',
  'cancelled',
];

export interface Optimization {
  readonly id: string;
  readonly customer_id: string;
  readonly recommendation_id: string;
  readonly status: OptimizationStatus;
  readonly execution_steps: readonly ExecutionStep[];
  readonly result: OptimizationResult | null;
  /** USD a month, measured after the soak; null until then. */
  readonly actual_savings: number | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}
export interface ExecutionStep {
  readonly name: string;
  readonly order: number;
  readonly status: 'pending' | 'running' | 'completed' | 'failed' | 'rolled_back';
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** World times of the same moments, for reading telemetry. */
  readonly world_started_at: string | null;
  readonly world_finished_at: string | null;
  readonly evidence: Readonly<Record<string, unknown>>;
}
export interface OptimizationResult {
  readonly success: boolean;
  readonly reason: string;
  /** Only after a rollback: the comparison of the state read again with the snapshot taken before. */
  readonly original_state_restored: boolean | null;
  readonly differences: readonly string[];
  readonly measured: Readonly<Record<string, number>>;
}

/**
 * Evidence of `validate_canary`, `validate_50_percent` and of the soak in `full_migration`: the judgement of one stage.
 * A figure that the window could not give (no requests) is null, and the verdict is then never `passed`.
 */
export interface StageJudgement {
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  readonly reasons: readonly string[];
  readonly canary: ArmStatistics;
  readonly control: ArmStatistics;
  /** One-sided p-value of the Mann–Whitney test that the canary is slower. */
  readonly latency_p_value: number | null;
  /** Canary median ÷ control median. */
  readonly latency_ratio: number | null;
  /** Relative drop of mean quality against the control, with its upper one-sided 95 % bound. */
  readonly quality_drop: number | null;
  readonly quality_drop_upper: number | null;
  /** Upper one-sided 95 % bound (Clopper–Pearson) of the new nodes' error rate over all windows judged so far. */
  readonly error_rate_upper: number;
  /** Share of requests that reached new nodes in the window. */
  readonly traffic_share: number | null;
  readonly window_started_at: string;
  readonly window_ended_at: string;
}
export interface ArmStatistics {
  readonly instance_ids: readonly string[];
  readonly requests: number;
  readonly errors: number;
  readonly latency_ms_p50: number | null;
  readonly latency_ms_p95: number | null;
  readonly latency_ms_p99: number | null;
  readonly mean_quality: number | null;
}

export interface DashboardResponse {
  /** USD a month. */
  readonly current_spend: number;
  /** USD a month, sum of non-conflicting recommendations only. */
  readonly potential_savings: number;
  readonly recommendations: readonly Recommendation[];
  readonly active_optimizations: number;
  readonly agents: readonly {
    readonly agent_type: AgentType;
    readonly status: string;
    readonly last_heartbeat_at: string | null;
  }[];
  readonly series: Readonly<
    Record<string, readonly { readonly timestamp: string; readonly value: number }[]>
  >;
}

export interface CostLine {
  readonly lifecycle: Lifecycle;
  readonly nodes: number;
  readonly usd_per_hour: number;
}
