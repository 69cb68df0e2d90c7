import type { Optimization, Recommendation } from '../../../contracts/api/recommendations.ts';
import { toTimestamp } from '../../../support/clock.ts';
import { FEATURE_NAMES, featuresOf, situationOf } from '../kit/patterns/features.ts';
import { patternIdOf, type Pattern } from '../kit/patterns/pattern.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { quoteFor, repricedSavings } from './reprice.ts';

/**
 * What an ended optimization teaches. The ratio compares the measured saving with the forecast made again at the
 * prices found at the end: a market that moved teaches nothing about the model.
 */
function patternOf(
  recommendation: Recommendation,
  optimization: Optimization,
  repriced: number,
  recordedAt: string,
): Pattern {
  const { plan, forecast } = recommendation;
  const succeeded = optimization.status === 'completed' && optimization.result?.success === true;
  const actual = optimization.actual_savings;
  const latency = latencyLesson(recommendation, optimization);
  return {
    patternId: patternIdOf(optimization.id),
    features: featuresOf(situationOf(plan, forecast.inputs)),
    payload: {
      kind: plan.kind,
      optimization_id: optimization.id,
      recommendation_id: recommendation.id,
      customer_id: optimization.customer_id,
      feature_names: FEATURE_NAMES,
      predicted_savings_usd_per_month: forecast.savings_usd_per_month,
      repriced_savings_usd_per_month: repriced,
      actual_savings_usd_per_month: actual,
      ratio: succeeded && actual !== null && repriced > 0 ? actual / repriced : null,
      predicted_latency_ms_p95: latency.predicted,
      measured_latency_ms_p95: latency.measured,
      latency_ratio:
        succeeded && latency.predicted !== null && latency.measured !== null
          ? latency.measured / latency.predicted
          : null,
      status: optimization.status,
      succeeded,
      recorded_at: recordedAt,
    },
  };
}

/** The prediction before it was corrected, and what the executor measured at the end of the soak. */
function latencyLesson(
  { forecast }: Recommendation,
  { result }: Optimization,
): { readonly predicted: number | null; readonly measured: number | null } {
  const positive = (value: number | undefined): number | null =>
    value !== undefined && value > 0 ? value : null;
  return {
    predicted: positive(forecast.inputs['raw_predicted_latency_ms_p95'] ?? forecast.latency?.latency_ms_p95),
    measured: positive(result?.measured['latency_ms_p95_after']),
  };
}

export async function learnOutcome(
  services: AgentServices,
  { customer_id, recommendation, optimization }: TaskOf<'learn'>,
): Promise<ResultOf<'learn'>> {
  const context = await services.orchestrator.context(customer_id);
  const quote = await quoteFor(services.market, context, recommendation.plan);
  const repriced = repricedSavings(recommendation.plan, recommendation.forecast.inputs, quote);
  const recordedAt = toTimestamp(services.clock.wallMs());
  const pattern = patternOf(recommendation, optimization, repriced, recordedAt);
  await services.patterns.save(pattern);
  return { type: 'learn', pattern_id: pattern.patternId, features: pattern.features };
}
