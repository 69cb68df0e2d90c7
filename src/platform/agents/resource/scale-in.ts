import { HOURS_PER_MONTH } from '../../../contracts/api/common.ts';
import type { InstanceView, Preferences } from '../../../contracts/api/customers.ts';
import type { RecommendationDraft } from '../../../contracts/api/orchestration.ts';
import type { SavingsForecast, ScaleInPlan } from '../../../contracts/api/recommendations.ts';
import { confidenceOf } from '../kit/confidence.ts';
import { isProtected } from '../kit/never-touch.ts';
import { engineFigures, forecastFigures, observationFigures } from '../kit/observation/figures.ts';
import { brokenPromises, forecastFleet, modelFault, ms } from '../kit/observation/fleet-forecast.ts';
import { commonPlaceOf } from '../kit/observation/instance-type.ts';
import { predictLatency } from '../kit/observation/latency-prediction.ts';
import { correctionFrom, PATTERNS_ASKED } from '../kit/patterns/correction.ts';
import { featuresOf, situationOf } from '../kit/patterns/features.ts';
import type { AgentServices } from '../kit/services.ts';
import { gpuFigures, percent } from './figures.ts';
import { atPeak, DAY_MINUTES, peakDemand, UNDERUSED_DEMAND, type Utilisation } from './utilisation.ts';

/** A draft, or the sentence that says why there is none. */
type Outcome = RecommendationDraft | string;
type Idle = Extract<Utilisation, { kind: 'idle' }>;
type Busy = Extract<Utilisation, { kind: 'busy' }>;

/** The least history for a claim; below a day the claim is made with less confidence and more risk. */
const LEAST_MINUTES = 10;
/** No more at once: what is then measured on the smaller fleet decides on the next step. */
const MOST_RETIRED_SHARE = 0.5;
const FEWEST_NODES = 2;
/** The hour that the rule asks for, seen whole; what the deployment is kept for can only be known by its owner. */
const IDLE_CONFIDENCE = 0.8;
/** Share of the confidence that does not hang on how long was looked. */
const SHORT_HISTORY_WEIGHT = 0.6;

export function shutDownIdle({ deployment, instances, gpu }: Idle, preferences: Preferences): Outcome {
  const { name } = deployment;
  const held = instances.filter((instance) => isProtected(instance, preferences.never_touch_tags));
  if (held.length > 0) return `${name}: idle, but ${held.length} node(s) are protected by never-touch tags`;
  const place = commonPlaceOf({ deployment, instances });
  if (!place.ok) return place.reason;
  const plan = planOf(name, place, 'idle', instances, []);
  return {
    type: 'idle_shutdown',
    title: `Shut down the idle ${name}`,
    confidence: IDLE_CONFIDENCE,
    risk_level: 'medium',
    reasons: [
      `No request to ${name} for an hour, its GPUs read ${percent(gpu.utilizationMean)} busy (${gpu.samples} samples).`,
      `${instances.length} nodes go; serving again takes a cold start.`,
    ],
    plan,
    forecast: savingOf(instances, [], { ...gpuFigures(gpu), ...engineFigures({ deployment }) }),
  };
}

export async function rightsize(
  services: AgentServices,
  utilisation: Busy,
  preferences: Preferences,
): Promise<Outcome> {
  const { observation, demand } = utilisation;
  const { deployment, instances } = observation;
  const { name } = deployment;
  const use = peakDemand(observation, demand, instances.length);
  const seen = `${demand.minutes} minutes`;
  if (use >= UNDERUSED_DEMAND) return `${name}: demand of ${percent(use)} over ${seen} is no under-use`;
  if (demand.minutes < LEAST_MINUTES) {
    return `${name}: ${seen} of demand are too few to right-size by, ${LEAST_MINUTES} are needed`;
  }
  const place = commonPlaceOf(observation);
  if (!place.ok) return place.reason;
  const fault = modelFault(observation, forecastFleet(observation, instances.length));
  if (fault !== null) return `${name}: ${fault}`;
  const least = Math.max(FEWEST_NODES, Math.ceil(instances.length * (1 - MOST_RETIRED_SHARE)));
  const peak = atPeak(observation, demand);
  let objection = `${instances.length} nodes are the fewest that a busy deployment keeps`;
  for (let nodes = least; nodes < instances.length; nodes += 1) {
    const broken = brokenPromises(forecastFleet(peak, nodes), preferences.slo);
    const retire = nodesToRetire(instances, instances.length - nodes, preferences);
    if (broken.length === 0 && retire.length === instances.length - nodes) {
      return draftRightsizing(services, utilisation, place, retire, preferences);
    }
    objection = broken[0] ?? 'never-touch tags and the minimum on-demand share hold the nodes';
  }
  return `${name}: under-used at ${percent(use)}, but no smaller fleet will do: ${objection}`;
}

/** Dearest first; protected nodes and the minimum on-demand share of the smaller fleet stay. */
function nodesToRetire(
  instances: readonly InstanceView[],
  count: number,
  preferences: Preferences,
): readonly InstanceView[] {
  const mustStay = Math.ceil(preferences.minimum_on_demand_share * (instances.length - count) - 1e-9);
  let onDemand = instances.filter(({ lifecycle }) => lifecycle === 'on_demand').length;
  const order = instances
    .filter((instance) => !isProtected(instance, preferences.never_touch_tags))
    .toSorted(
      (left, right) =>
        right.usd_per_hour - left.usd_per_hour || right.instance_id.localeCompare(left.instance_id),
    );
  const retire: InstanceView[] = [];
  for (const instance of order) {
    if (retire.length === count) break;
    if (instance.lifecycle === 'on_demand') {
      if (onDemand <= mustStay) continue;
      onDemand -= 1;
    }
    retire.push(instance);
  }
  return retire;
}

async function draftRightsizing(
  { patterns }: AgentServices,
  { observation, demand, gpu }: Busy,
  place: Extract<ReturnType<typeof commonPlaceOf>, { ok: true }>,
  retire: readonly InstanceView[],
  { slo }: Preferences,
): Promise<Outcome> {
  const { deployment, instances, requests, estimate } = observation;
  const keep = instances.filter((instance) => !retire.includes(instance));
  const fleet = forecastFleet(atPeak(observation, demand), keep.length);
  const plan = planOf(deployment.name, place, 'over_provisioned', retire, keep);
  const forecast = savingOf(retire, keep, {
    ...observationFigures(observation),
    ...engineFigures(observation),
    ...gpuFigures(gpu),
    ...forecastFigures(fleet),
    request_rate_per_second_p95: demand.requestsPerSecondP95,
    observed_minutes_count: demand.minutes,
  });
  const near = await patterns.nearest(
    featuresOf(situationOf(plan, forecast.inputs)),
    PATTERNS_ASKED,
    plan.kind,
  );
  const { experience } = correctionFrom(near);
  const day = Math.min(1, demand.minutes / DAY_MINUTES);
  const certainty = confidenceOf({
    savings: forecast.savings_usd_per_month,
    low: forecast.low_usd_per_month,
    high: forecast.high_usd_per_month,
    requests: requests.requests,
    iterations: estimate.sampleSize,
    experience,
  });
  const { after, oneMissing } = fleet;
  if (!after.stable || !oneMissing.stable) throw new Error('an unstable forecast breaks a promise');
  return {
    type: 'rightsizing',
    title: `Right-size ${deployment.name} from ${instances.length} to ${keep.length} nodes`,
    confidence: certainty * (SHORT_HISTORY_WEIGHT + (1 - SHORT_HISTORY_WEIGHT) * day),
    risk_level: day < 1 ? 'medium' : 'low',
    reasons: [
      `Demand at the P95 minute is ${percent(fleet.now.demand)} of ${instances.length} nodes over ${demand.minutes} minutes` +
        `${day < 1 ? ', less than the day that is wanted' : ''}; GPUs read ${percent(gpu.utilizationMean)} busy.`,
      `P95 at that minute ${ms(after.latencyMsP95)} on ${keep.length} nodes (promised ${ms(slo.latency_ms_p95)}), ` +
        `${ms(oneMissing.latencyMsP95)} with one missing (bearable ${ms(slo.latency_ms_p95_degraded)}).`,
    ],
    plan,
    forecast: {
      ...forecast,
      latency: predictLatency(observation, forecastFleet(observation, keep.length).after),
    },
  };
}

function planOf(
  deployment: string,
  { provider, region, instanceType }: Extract<ReturnType<typeof commonPlaceOf>, { ok: true }>,
  reason: ScaleInPlan['reason'],
  retire: readonly InstanceView[],
  keep: readonly InstanceView[],
): ScaleInPlan {
  const ids = (instances: readonly InstanceView[]): string[] =>
    instances.map(({ instance_id }) => instance_id);
  return {
    kind: 'scale_in',
    deployment,
    provider,
    region,
    instance_type: instanceType,
    reason,
    retire_instance_ids: ids(retire),
    keep_instance_ids: ids(keep),
  };
}

/** The retired nodes' own prices; nothing is uncertain about not paying them. */
function savingOf(
  retire: readonly InstanceView[],
  keep: readonly InstanceView[],
  figures: Readonly<Record<string, number>>,
): SavingsForecast {
  const hourly = (instances: readonly InstanceView[]): number =>
    instances.reduce((sum, { usd_per_hour }) => sum + usd_per_hour, 0);
  const savings = hourly(retire) * HOURS_PER_MONTH;
  return {
    cost_before_usd_per_month: hourly([...retire, ...keep]) * HOURS_PER_MONTH,
    cost_after_usd_per_month: hourly(keep) * HOURS_PER_MONTH,
    raw_savings_usd_per_month: savings,
    savings_usd_per_month: savings,
    low_usd_per_month: savings,
    high_usd_per_month: savings,
    inputs: {
      ...figures,
      nodes_count: retire.length + keep.length,
      nodes_after_count: keep.length,
      hours_per_month: HOURS_PER_MONTH,
      retired_on_demand_nodes_count: retire.filter(({ lifecycle }) => lifecycle === 'on_demand').length,
      retired_spot_usd_per_hour: hourly(retire.filter(({ lifecycle }) => lifecycle === 'spot')),
    },
    patterns: [],
    latency: null,
  };
}
