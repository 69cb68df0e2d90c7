import type { CustomerContext } from '../../../../contracts/api/orchestration.ts';
import { changeBy, type Change } from '../../kit/engine/change.ts';
import { forecastFleet, modelFault } from '../../kit/observation/fleet-forecast.ts';
import { commonPlaceOf } from '../../kit/observation/instance-type.ts';
import { observeDeployment, type DeploymentObservation } from '../../kit/observation/observe-deployment.ts';
import { accountAt } from '../../kit/places.ts';
import type { AgentServices } from '../../kit/services.ts';
import { usefulZones } from '../../kit/spot/zones.ts';
import type { ResultOf, TaskOf } from '../../kit/tasks/task-routes.ts';
import { cheapest, describeFleet, enumerateFleets, type FleetInputs } from './fleets.ts';
import { wishesOf, type Wishes } from './question.ts';
import { hybridPlanOf, solutionOf } from './solution.ts';

type Answer = ResultOf<'negotiate'>;
const none = (...reasons: string[]): Answer => ({ type: 'negotiate', hybrid: null, reasons });

/** Is there a fleet in which the tuning, the spot migration and the scale-in each have their part, and promises hold? */
export async function negotiateHybrid(
  services: AgentServices,
  { customer_id, recommendations }: TaskOf<'negotiate'>,
): Promise<Answer> {
  const read = wishesOf(recommendations);
  if (!read.ok) return none(...read.reasons);
  const { wishes } = read;
  const context = await services.orchestrator.context(customer_id);
  const deployment = context.deployments.find(({ name }) => name === wishes.deployment);
  if (deployment === undefined) return none(`no deployment ${wishes.deployment} is known`);
  const observed = await observeDeployment(services, context, deployment);
  if (!observed.ok) return none(observed.reason);
  const { observation } = observed;
  const fault = modelFault(observation, forecastFleet(observation, observation.instances.length));
  if (fault !== null) return none(fault);
  if (observation.instances.some(({ lifecycle }) => lifecycle === 'spot')) {
    return none(`a part of ${wishes.deployment} is on spot already`);
  }
  return answerFor(services, context, wishes, observation);
}

async function answerFor(
  services: AgentServices,
  context: CustomerContext,
  wishes: Wishes,
  present: DeploymentObservation,
): Promise<Answer> {
  const place = commonPlaceOf(present);
  if (!place.ok) return none(place.reason);
  const { provider, region, instanceType } = place;
  const change: Change =
    wishes.configuration === null
      ? { ok: true, after: present, bounds: [], nodes: present.instances.length, notes: [] }
      : changeBy(wishes.configuration, present, instanceType);
  if (!change.ok) return none(...change.reasons);
  const pool = { provider, region, instanceType, account: accountAt(context, provider, region) };
  const [quote, interruptions] = await Promise.all([
    services.market.prices(pool),
    services.market.interruptions(pool),
  ]);
  const inputs: FleetInputs = {
    wishes,
    present,
    tuned: change.after,
    preferences: context.preferences,
    zones: usefulZones(quote),
    quote,
    interruptions,
  };
  const fleets = enumerateFleets(inputs);
  const rejected = fleets
    .filter(({ objections }) => objections.length > 0)
    .map((fleet) => `${describeFleet(fleet)} rejected: ${fleet.objections.join('; ')}`);
  const best = cheapest(fleets);
  if (best === null) return none(...rejected, 'no fleet keeps the promises and gives every wish its part');
  const plan = hybridPlanOf(inputs, place, best);
  if (plan.parts.length < 2) return none('what is left of the wishes is a single plan, not a hybrid');
  const solution = await solutionOf(services, inputs, plan, best, change);
  if (typeof solution === 'string') return none(solution);
  return { type: 'negotiate', hybrid: solution, reasons: [...solution.reasons, ...rejected] };
}
