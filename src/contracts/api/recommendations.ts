import type { AgentType, CloudProvider, Lifecycle, RiskLevel } from './common.ts';
import type { EngineConfiguration } from './customers.ts';

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

/** What agents propose. `type` says why, the plan's `kind` how it is carried out. */
export const RECOMMENDATION_TYPES = [
  'spot_migration',
  'return_to_spot',
  'spot_replacement',
  'cross_cloud_placement',
  'commitment',
  'kv_cache_optimization',
  'quantization',
  'rightsizing',
  'idle_shutdown',
  'quality_rollback',
  'hybrid',
] as const;
export type RecommendationType = (typeof RECOMMENDATION_TYPES)[number];

export interface Recommendation {
  readonly id: string;
  readonly customer_id: string;
  readonly analysis_id: string;
  readonly type: RecommendationType;
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
  readonly plan: OptimizationPlan;
  readonly forecast: SavingsForecast;
  /** Recommendations that must have completed before this one may be executed. */
  readonly depends_on: readonly string[];
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

interface PlanScope {
  readonly deployment: string;
  /** Where the deployment's nodes run now. */
  readonly provider: CloudProvider;
  readonly region: string;
  readonly instance_type: string;
}

/** Another engine configuration on the nodes that are there, node by node. */
export interface ConfigurationPlan extends PlanScope {
  readonly kind: 'configuration_change';
  /** In the order in which they are changed. */
  readonly instance_ids: readonly string[];
  readonly from: EngineConfiguration;
  readonly to: EngineConfiguration;
}

/** Fewer nodes; none kept means that the deployment is shut down. */
export interface ScaleInPlan extends PlanScope {
  readonly kind: 'scale_in';
  readonly reason: 'over_provisioned' | 'idle';
  readonly retire_instance_ids: readonly string[];
  readonly keep_instance_ids: readonly string[];
}

/** The same deployment elsewhere: another region, cloud or kind of node. */
export interface PlacementPlan extends PlanScope {
  readonly kind: 'placement';
  readonly replace_instance_ids: readonly string[];
  readonly keep_instance_ids: readonly string[];
  readonly target: {
    readonly provider: CloudProvider;
    readonly region: string;
    readonly instance_type: string;
    readonly lifecycle: Lifecycle;
    readonly nodes: readonly { readonly zone: string; readonly usd_per_hour: number }[];
  };
  readonly transfer: { readonly gb_per_month: number; readonly usd_per_month: number };
}

/** One node in the place of a spot node that the cloud takes back: spot where there is capacity, else on demand. */
export interface ReplacementPlan extends PlanScope {
  readonly kind: 'replacement';
  readonly lost_instance_id: string;
  /** Zones to try spot in, best pool first. */
  readonly spot_zones: readonly string[];
  /** Where it runs on demand when no pool has capacity. */
  readonly on_demand_zone: string;
}

/** Parts of several recommendations that hold together, carried out in this order; each kind at most once. */
export interface HybridPlan extends PlanScope {
  readonly kind: 'hybrid';
  readonly parts: readonly (ConfigurationPlan | MigrationPlan | ScaleInPlan)[];
  /** The recommendations it was made from. */
  readonly recommendation_ids: readonly string[];
}

export type OptimizationPlan =
  MigrationPlan | ConfigurationPlan | ScaleInPlan | PlacementPlan | ReplacementPlan | HybridPlan;
export type PlanKind = OptimizationPlan['kind'];

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
  /** Latencies the author expects afterwards; null where it made no statement. */
  readonly latency: LatencyPrediction | null;
}

/** Milliseconds. The interval is the model's own error on the fleet as it is, applied to the fleet as it will be. */
export interface LatencyPrediction {
  readonly latency_ms_p50: number;
  readonly latency_ms_p95: number;
  readonly latency_ms_p99: number;
  readonly low_latency_ms_p95: number;
  readonly high_latency_ms_p95: number;
  /** The same model on the fleet as it is, and what was measured there. */
  readonly latency_ms_p95_now: number;
  readonly latency_ms_p95_measured: number;
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
  /** Scores of the customer's own traffic, or of the golden prompts asked for this purpose. */
  readonly source: 'traffic' | 'golden_prompts';
  readonly golden_run_id: string | null;
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

export const PLACEMENT_STEPS = [
  'create_target_instances',
  'deploy_canary',
  'validate_canary',
  'scale_to_50_percent',
  'validate_50_percent',
  'full_migration',
  'terminate_source_instances',
] as const;
export const CONFIGURATION_STEPS = [
  'configure_canary',
  'validate_configured_canary',
  'configure_50_percent',
  'validate_configured_50_percent',
  'configure_all',
  'validate_configured_all',
] as const;
export const SCALE_IN_STEPS = ['drain_nodes', 'validate_drained', 'terminate_nodes'] as const;
export const REPLACEMENT_STEPS = ['create_replacement', 'shift_traffic', 'confirm_reclaimed'] as const;

export type StepName =
  | MigrationStep
  | (typeof PLACEMENT_STEPS)[number]
  | (typeof CONFIGURATION_STEPS)[number]
  | (typeof SCALE_IN_STEPS)[number]
  | (typeof REPLACEMENT_STEPS)[number];

/** Every step there is, in no order. */
export const STEP_NAMES: readonly StepName[] = [
  ...new Set<StepName>([
    ...MIGRATION_STEPS,
    ...PLACEMENT_STEPS,
    ...CONFIGURATION_STEPS,
    ...SCALE_IN_STEPS,
    ...REPLACEMENT_STEPS,
  ]),
];

const STEPS_BY_KIND: Readonly<Record<Exclude<PlanKind, 'hybrid'>, readonly StepName[]>> = {
  spot_migration: MIGRATION_STEPS,
  configuration_change: CONFIGURATION_STEPS,
  scale_in: SCALE_IN_STEPS,
  placement: PLACEMENT_STEPS,
  replacement: REPLACEMENT_STEPS,
};

/** The steps an optimization of this plan goes through, in order. */
export function stepsOf(plan: OptimizationPlan): readonly StepName[] {
  if (plan.kind === 'hybrid') return plan.parts.flatMap(({ kind }) => STEPS_BY_KIND[kind]);
  return STEPS_BY_KIND[plan.kind];
}

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
