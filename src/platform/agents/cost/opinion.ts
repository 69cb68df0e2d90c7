import type { ValidationDraft } from '../../../contracts/api/orchestration.ts';
import type { Recommendation } from '../../../contracts/api/recommendations.ts';
import { approve, approveIf, validated, veto } from '../kit/opinion.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { quoteFor, repricedSavings } from './reprice.ts';

/** A saving that lost more than this since the forecast has to be looked at again before all traffic moves. */
const DRIFT_LIMIT = 0.2;

/** The cost agent's view of a recommendation: is the promised saving still there at today's prices? */
function judgeSaving(recommendation: Recommendation, savingNow: number): ValidationDraft {
  const promised = recommendation.forecast.raw_savings_usd_per_month;
  const figures = {
    promised_savings_usd_per_month: promised,
    savings_usd_per_month_at_current_prices: savingNow,
  };
  const usd = (value: number): string => `$${Math.round(value).toLocaleString('en-US')}`;
  const reasons = [
    `At current prices the plan saves ${usd(savingNow)} a month, ${usd(promised)} was forecast.`,
  ];
  if (!(savingNow > 0)) return veto({ reasons, figures });
  if (savingNow < (1 - DRIFT_LIMIT) * promised) {
    return approveIf('The saving is checked again before full migration.', { reasons, figures });
  }
  return approve({ reasons, figures });
}

export async function validateCost(
  services: AgentServices,
  { customer_id, recommendation }: TaskOf<'validate'>,
): Promise<ResultOf<'validate'>> {
  const context = await services.orchestrator.context(customer_id);
  const quote = await quoteFor(services.market, context, recommendation.plan);
  const { plan, forecast } = recommendation;
  return validated(judgeSaving(recommendation, repricedSavings(plan, forecast.inputs, quote)));
}
