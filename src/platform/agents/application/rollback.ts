import { HOURS_PER_MONTH } from '../../../contracts/api/common.ts';
import type { DeploymentView } from '../../../contracts/api/customers.ts';
import type {
  CustomerContext,
  GoldenBaseline,
  RecommendationDraft,
} from '../../../contracts/api/orchestration.ts';
import { differences } from '../../kit/configuration-differences.ts';
import { ALARM_DROP, describeDrop, percent, type Drop, type PairedComparison } from './paired-comparison.ts';

export interface Regression {
  readonly context: CustomerContext;
  readonly deployment: DeploymentView;
  readonly baseline: GoldenBaseline;
  readonly comparison: PairedComparison & { readonly drop: Drop };
}

/** Back to the configuration of the baseline, on all nodes; null when none is left that could be changed. */
export function draftRollback(regression: Regression): RecommendationDraft | null {
  const { context, deployment, baseline, comparison } = regression;
  const nodes = context.instances.filter(
    (instance) => instance.deployment === deployment.name && instance.state === 'running',
  );
  const [first] = nodes;
  if (first === undefined) return null;
  const costUsdPerMonth = nodes.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0) * HOURS_PER_MONTH;
  const changes = differences(baseline.engine_configuration, deployment.engine_configuration).join(', ');
  return {
    type: 'quality_rollback',
    title: `Roll ${deployment.name} back to the configuration that answered well`,
    confidence: comparison.drop.confidence,
    // Nodes are restarted one after another, on a configuration that has served this traffic.
    risk_level: 'medium',
    reasons: [
      `Answers are worse: ${describeDrop(comparison)}; the alarm is a proven drop above ${percent(ALARM_DROP)}.`,
      `Changed since baseline ${baseline.baseline.id}: ${changes}.`,
    ],
    plan: {
      kind: 'configuration_change',
      deployment: deployment.name,
      provider: first.provider,
      region: first.region,
      instance_type: first.instance_type,
      instance_ids: nodes.map(({ instance_id }) => instance_id),
      from: deployment.engine_configuration,
      to: baseline.engine_configuration,
    },
    forecast: {
      cost_before_usd_per_month: costUsdPerMonth,
      cost_after_usd_per_month: costUsdPerMonth,
      raw_savings_usd_per_month: 0,
      savings_usd_per_month: 0,
      low_usd_per_month: 0,
      high_usd_per_month: 0,
      inputs: {
        nodes_count: nodes.length,
        golden_pairs_count: comparison.pairs,
        quality_drop_share: comparison.drop.share,
        quality_drop_lower_share: comparison.drop.lower,
        quality_drop_upper_share: comparison.drop.upper,
        confidence_above_alarm_share: comparison.drop.confidenceAboveAlarm,
        baseline_quality_mean: comparison.drop.baselineMean,
        present_quality_mean: comparison.drop.presentMean,
      },
      patterns: [],
      latency: null,
    },
  };
}
