import { HOURS_PER_MONTH } from '../../../contracts/api/common.ts';
import type { DeploymentView, InstanceView } from '../../../contracts/api/customers.ts';
import type { CustomerContext } from '../../../contracts/api/orchestration.ts';
import type { ReplacementPlan, SavingsForecast } from '../../../contracts/api/recommendations.ts';
import type { InterruptionStatistics, PriceQuote } from '../../../contracts/market.ts';
import { engineFigures } from '../kit/observation/figures.ts';
import { servingInstances } from '../kit/observation/observe-deployment.ts';
import { accountAt } from '../kit/places.ts';
import type { AgentServices } from '../kit/services.ts';
import { usefulZones, type ZonePrice } from '../kit/spot/zones.ts';
import { found, usd, type Finding } from './finding.ts';

/** One node in the place of a spot node that the cloud takes: needs no telemetry, because it restores what was there. */
export async function replaceLostNode(
  services: AgentServices,
  context: CustomerContext,
  instanceId: string,
): Promise<Finding> {
  const lost = context.instances.find(({ instance_id }) => instance_id === instanceId);
  if (lost === undefined) return found(`the node ${instanceId} is not known`);
  if (lost.lifecycle !== 'spot') return found(`${instanceId} is no spot node; no cloud takes it back`);
  const deployment = context.deployments.find(({ name }) => name === lost.deployment);
  if (deployment === undefined) return found(`${instanceId} serves no deployment; nothing is to be replaced`);
  const pool = {
    provider: lost.provider,
    account: accountAt(context, lost.provider, lost.region),
    region: lost.region,
    instanceType: lost.instance_type,
  };
  const [quote, interruptions] = await Promise.all([
    services.market.prices(pool),
    services.market.interruptions(pool),
  ]);
  return draftFor({ context, deployment, lost, quote, interruptions });
}

interface Loss {
  readonly context: CustomerContext;
  readonly deployment: DeploymentView;
  readonly lost: InstanceView;
  readonly quote: PriceQuote;
  readonly interruptions: InterruptionStatistics;
}

/** The pool that takes the node comes last: it is short of machines now. */
function zonesFor({ lost, quote }: Loss): readonly ZonePrice[] {
  const zones = usefulZones(quote);
  return [
    ...zones.filter(({ zone }) => zone !== lost.zone),
    ...zones.filter(({ zone }) => zone === lost.zone),
  ];
}

function draftFor(loss: Loss): Finding {
  const { context, deployment, lost, quote, interruptions } = loss;
  const zones = zonesFor(loss);
  const others = servingInstances(context, deployment.name).filter(
    ({ instance_id }) => instance_id !== lost.instance_id,
  );
  const plan: ReplacementPlan = {
    kind: 'replacement',
    deployment: deployment.name,
    provider: lost.provider,
    region: lost.region,
    instance_type: lost.instance_type,
    lost_instance_id: lost.instance_id,
    spot_zones: zones.map(({ zone }) => zone),
    on_demand_zone: others.find(({ lifecycle }) => lifecycle === 'on_demand')?.zone ?? lost.zone,
  };
  const { availability } = interruptions.current;
  const where =
    zones.length === 0
      ? 'no zone is 10 % below on demand'
      : `spot in ${plan.spot_zones.join(', ')}, in this order`;
  return {
    drafts: [
      {
        type: 'spot_replacement',
        title: `Replace the spot node ${lost.instance_id} of ${deployment.name}`,
        // How surely the node comes as predicted: on spot with the market's availability, on demand always.
        confidence: zones.length === 0 ? 1 : availability,
        risk_level: 'low',
        reasons: [
          `The cloud takes ${lost.instance_id} (${lost.zone}); ${others.length} other nodes serve.`,
          `Replacement: ${where}, else on demand in ${plan.on_demand_zone} at ${usd(quote.on_demand_usd_per_hour)}/h.`,
        ],
        plan,
        forecast: forecastOf(loss, others, zones),
      },
    ],
    findings: [],
  };
}

function forecastOf(
  { deployment, lost, quote, interruptions }: Loss,
  others: readonly InstanceView[],
  zones: readonly ZonePrice[],
): SavingsForecast {
  const onDemand = quote.on_demand_usd_per_hour;
  const spot = zones[0]?.usd_per_hour ?? onDemand;
  const { availability, interruptions_per_node_hour } = interruptions.current;
  const expected = availability * spot + (1 - availability) * onDemand;
  const rest = others.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0);
  const savings = (lost.usd_per_hour - expected) * HOURS_PER_MONTH;
  return {
    cost_before_usd_per_month: (rest + lost.usd_per_hour) * HOURS_PER_MONTH,
    cost_after_usd_per_month: (rest + expected) * HOURS_PER_MONTH,
    raw_savings_usd_per_month: savings,
    savings_usd_per_month: savings,
    low_usd_per_month: (lost.usd_per_hour - onDemand) * HOURS_PER_MONTH,
    high_usd_per_month: (lost.usd_per_hour - spot) * HOURS_PER_MONTH,
    inputs: {
      nodes_count: others.length + 1,
      hours_per_month: HOURS_PER_MONTH,
      lost_usd_per_hour: lost.usd_per_hour,
      on_demand_usd_per_hour: onDemand,
      spot_usd_per_hour: spot,
      availability_share: availability,
      interruptions_per_node_hour,
      cold_start_seconds: interruptions.cold_start_seconds,
      ...engineFigures({ deployment }),
    },
    patterns: [],
    latency: null,
  };
}
