import type {
  ConfigurationPlan,
  OptimizationPlan,
  PlacementPlan,
  Recommendation,
  RecommendationType,
  ReplacementPlan,
  SavingsForecast,
  ScaleInPlan,
} from '../../../../src/contracts/api/recommendations.ts';
import { acme, recommendationOf } from './fakes.ts';

/** Plans of each kind on Acme's fleet, for opinions. */

const SCOPE = {
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
} as const;
const PRESENT = acme().deployments[0]!.engine_configuration;

export function configurationPlan(changes: Partial<ConfigurationPlan['to']>): ConfigurationPlan {
  return {
    ...SCOPE,
    kind: 'configuration_change',
    instance_ids: ['i-1', 'i-2', 'i-3', 'i-4'],
    from: PRESENT,
    to: { ...PRESENT, ...changes },
  };
}

export function scaleInPlan(retire: readonly string[], reason: ScaleInPlan['reason']): ScaleInPlan {
  const all = ['i-1', 'i-2', 'i-3', 'i-4'];
  return {
    ...SCOPE,
    kind: 'scale_in',
    reason,
    retire_instance_ids: retire,
    keep_instance_ids: all.filter((id) => !retire.includes(id)),
  };
}

export function placementPlan(instanceType: string): PlacementPlan {
  return {
    ...SCOPE,
    kind: 'placement',
    replace_instance_ids: ['i-1', 'i-2', 'i-3', 'i-4'],
    keep_instance_ids: [],
    target: {
      provider: 'gcp',
      region: 'us-central1',
      instance_type: instanceType,
      lifecycle: 'on_demand',
      nodes: ['a', 'b', 'c', 'f'].map((letter) => ({ zone: `us-central1-${letter}`, usd_per_hour: 29 })),
    },
    transfer: { gb_per_month: 285, usd_per_month: 20 },
  };
}

export function replacementPlan(changes: Partial<ReplacementPlan> = {}): ReplacementPlan {
  return {
    ...SCOPE,
    kind: 'replacement',
    lost_instance_id: 'i-1',
    spot_zones: ['us-east-1b'],
    on_demand_zone: 'us-east-1a',
    ...changes,
  };
}

export function recommending(
  plan: OptimizationPlan,
  type: RecommendationType,
  savingsUsdPerMonth = 0,
  inputs: SavingsForecast['inputs'] = {},
): Recommendation {
  return recommendationOf({
    type,
    title: plan.kind,
    confidence: 0.9,
    risk_level: 'low',
    reasons: ['made for a test'],
    plan,
    forecast: {
      cost_before_usd_per_month: 120_000,
      cost_after_usd_per_month: 120_000 - savingsUsdPerMonth,
      raw_savings_usd_per_month: savingsUsdPerMonth,
      savings_usd_per_month: savingsUsdPerMonth,
      low_usd_per_month: savingsUsdPerMonth,
      high_usd_per_month: savingsUsdPerMonth,
      inputs,
      patterns: [],
      latency: null,
    },
  });
}
