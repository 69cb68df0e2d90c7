import type { CustomerContext, ValidationDraft } from '../../../contracts/api/orchestration.ts';
import type { Recommendation } from '../../../contracts/api/recommendations.ts';
import { HOURS_PER_MONTH } from '../../../contracts/api/common.ts';
import type { PriceQuote } from '../../../contracts/market.ts';
import { approve, approveIf, validated, veto } from '../kit/opinion.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { usd } from './finding.ts';
import { quoteFor, repricedSavings } from './reprice.ts';

/** A saving that lost more than this since the forecast has to be looked at again before all traffic moves. */
const DRIFT_LIMIT = 0.2;
/** Below a dollar a month nothing was promised. */
const NOTHING_USD = 1;

/** The cost agent's view of a recommendation: is the promised saving still there at today's prices? */
export async function validateCost(
  services: AgentServices,
  { customer_id, recommendation }: TaskOf<'validate'>,
): Promise<ResultOf<'validate'>> {
  const context = await services.orchestrator.context(customer_id);
  const { plan, forecast } = recommendation;
  if (plan.kind === 'scale_in') return validated(judgeScaleIn(context, recommendation));
  if (plan.kind === 'configuration_change') return validated(judgeNoSaving(recommendation));
  const quote = await quoteFor(services.market, context, plan);
  if (plan.kind === 'replacement') return validated(judgeReplacement(recommendation, quote));
  return validated(judgeSaving(recommendation, repricedSavings(plan, forecast.inputs, quote)));
}

function judgeSaving(recommendation: Recommendation, savingNow: number): ValidationDraft {
  const promised = recommendation.forecast.raw_savings_usd_per_month;
  const figures = {
    promised_savings_usd_per_month: promised,
    savings_usd_per_month_at_current_prices: savingNow,
  };
  const reasons = [
    `At current prices the plan saves ${usd(savingNow)} a month, ${usd(promised)} was forecast.`,
  ];
  if (!(savingNow > 0)) return veto({ reasons, figures });
  if (savingNow < (1 - DRIFT_LIMIT) * promised) {
    return approveIf('The saving is checked again before full migration.', { reasons, figures });
  }
  return approve({ reasons, figures });
}

/** The retired nodes' own prices, as the inventory has them now. */
function judgeScaleIn(context: CustomerContext, recommendation: Recommendation): ValidationDraft {
  const { plan } = recommendation;
  if (plan.kind !== 'scale_in') throw new TypeError(`${plan.kind} retires no nodes`);
  const prices = new Map(context.instances.map((node) => [node.instance_id, node.usd_per_hour]));
  const unknown = plan.retire_instance_ids.filter((id) => !prices.has(id));
  if (unknown.length > 0) {
    return veto({ reasons: [`the price of ${unknown.join(', ')} is not known`], figures: {} });
  }
  const hourly = plan.retire_instance_ids.reduce((sum, id) => sum + (prices.get(id) ?? 0), 0);
  return judgeSaving(recommendation, hourly * HOURS_PER_MONTH);
}

/** Another configuration runs on the same nodes; who promises a saving from that promises too much. */
function judgeNoSaving({ forecast }: Recommendation): ValidationDraft {
  const promised = forecast.raw_savings_usd_per_month;
  const figures = {
    promised_savings_usd_per_month: promised,
    savings_usd_per_month_at_current_prices: 0,
  };
  if (promised > NOTHING_USD) {
    const reasons = [`The same nodes cost the same: nothing is saved, ${usd(promised)} was forecast.`];
    return veto({ reasons, figures });
  }
  return approve({ reasons: ['The same nodes cost the same; no saving is promised.'], figures });
}

/** A node has to be replaced whatever it costs; said is what it may cost more. */
function judgeReplacement({ forecast, plan }: Recommendation, quote: PriceQuote): ValidationDraft {
  const savingNow = repricedSavings(plan, forecast.inputs, quote);
  const lost = forecast.inputs['lost_usd_per_hour'] ?? 0;
  const worst = (quote.on_demand_usd_per_hour - lost) * HOURS_PER_MONTH;
  return approve({
    reasons: [
      `Expected ${usd(-savingNow)} a month more than the lost node, ${usd(worst)} at most while it runs on demand.`,
    ],
    figures: {
      savings_usd_per_month_at_current_prices: savingNow,
      highest_extra_cost_usd_per_month: worst,
    },
  });
}
